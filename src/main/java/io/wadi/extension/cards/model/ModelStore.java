package io.wadi.extension.cards.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.extension.cards.CardsSettings;
import io.wadi.hdfs.HdfsConnection;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.WadiSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The store of models: immutable files {@code model-000001.json} and so on, and the file {@code in-force.json} with the
 * selection of the active model and the shadow model.
 */
public final class ModelStore {
    private static final Pattern NAME = Pattern.compile("model-(\\d{6,9})\\.json");
    private static final String LOCAL = "file:";
    private static final String CHOICE = "in-force.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ModelFiles files;

    /**
     * The selected versions; 0 for none.
     *
     * @param active the active model
     * @param before the previously active model, used if the active one is invalid
     * @param shadow the model evaluated for comparison only
     */
    public record Choice(int active, int before, int shadow) {
        public static final Choice NONE = new Choice(0, 0, 0);

        /** Activates a version; a shadow of this version is deselected. */
        public Choice withActive(int version) {
            return version == active ? this : new Choice(version, active, shadow == version ? 0 : shadow);
        }

        public Choice withShadow(int version) {
            return new Choice(active, before, version);
        }
    }

    public ModelStore(ModelFiles files) {
        this.files = files;
    }

    /**
     * Opens the store in the directory {@code wadi.cards.models}; opens no connection.
     *
     * @throws SettingsException if the path is invalid
     */
    public static ModelStore of(Settings settings, HdfsConnection hdfs) {
        String directory = settings.get(CardsSettings.MODELS);
        if (directory.startsWith(LOCAL)) {
            return new ModelStore(new LocalModelFiles(Path.of(directory.substring(LOCAL.length()))));
        }
        if (!directory.startsWith("/")) {
            throw new SettingsException(
                    List.of("%s is \"%s\"; expected an absolute path in HDFS, or file: and a path of this machine"
                            .formatted(CardsSettings.MODELS.name(), directory)));
        }
        return new ModelStore(new HdfsModelFiles(
                hdfs, directory, settings.get(WadiSettings.LANDING_REPLICATION).shortValue()));
    }

    public String place() {
        return files.place();
    }

    public List<Integer> versions() throws IOException {
        TreeMap<Integer, String> found = new TreeMap<>();
        for (String name : files.names()) {
            Matcher matcher = NAME.matcher(name);
            if (matcher.matches()) {
                found.put(Integer.parseInt(matcher.group(1)), name);
            }
        }
        return new ArrayList<>(found.keySet());
    }

    /** Stores a model under the next free version, also if other processes add models at the same time. */
    public StoredModel add(StoredModel model) throws IOException {
        List<Integer> versions = versions();
        int next = versions.isEmpty() ? 1 : versions.get(versions.size() - 1) + 1;
        while (true) {
            StoredModel added = model.as(next);
            if (files.create(name(next), added.toJson())) {
                return added;
            }
            next++;
        }
    }

    private static String name(int version) {
        return String.format(Locale.ROOT, "model-%06d.json", version);
    }

    /**
     * Reads a model.
     *
     * @throws ModelException if the version does not exist or is invalid
     */
    public StoredModel read(int version) throws IOException, ModelException {
        String path = files.place() + "/" + name(version);
        Optional<byte[]> found = files.read(name(version));
        if (found.isEmpty()) {
            throw new ModelException("%s does not exist; found versions %s".formatted(path, versions()));
        }
        try {
            StoredModel model = StoredModel.parse(found.get());
            if (model.version() != version) {
                throw new ModelException("It contains version " + model.version());
            }
            return model;
        } catch (ModelException e) {
            throw new ModelException(path + " is invalid. " + e.getMessage());
        }
    }

    /**
     * Reads the selection.
     *
     * @throws ModelException if the selection file is not a JSON object with the version of the active model
     */
    public Choice choice() throws IOException, ModelException {
        Optional<byte[]> found = files.read(CHOICE);
        if (found.isEmpty()) {
            return Choice.NONE;
        }
        try {
            JsonNode json = JSON.readTree(found.get());
            if (!json.path("in-force").isInt()) {
                throw new ModelException("%s/%s has no whole number \"in-force\"".formatted(files.place(), CHOICE));
            }
            return new Choice(
                    json.path("in-force").asInt(),
                    json.path("before").asInt(),
                    json.path("shadow").asInt());
        } catch (IOException e) {
            throw new ModelException("%s/%s is not JSON: %s"
                    .formatted(
                            files.place(),
                            CHOICE,
                            e.getMessage().lines().findFirst().orElse("")));
        }
    }

    /** Writes the selection; processes apply it at their next check. */
    public void choose(Choice choice) throws IOException {
        files.write(
                CHOICE,
                JSON.writeValueAsBytes(JSON.createObjectNode()
                        .put("in-force", choice.active())
                        .put("before", choice.before())
                        .put("shadow", choice.shadow())));
    }
}
