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
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The models that are kept: {@code model-000001.json} and so on, which never change, and {@code in-force.json}, which says which
 * of them is asked.
 */
public final class ModelStore {
    private static final Pattern NAME = Pattern.compile("model-(\\d{6,9})\\.json");
    private static final String LOCAL = "file:";
    private static final String CHOICE = "in-force.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ModelFiles files;

    /**
     * Which models are asked; 0 for none.
     *
     * @param inForce whose verdicts count
     * @param before whose did before that, for where the other cannot be used
     * @param shadow who is asked too, to be compared
     */
    public record Choice(int inForce, int before, int shadow) {
        public static final Choice NONE = new Choice(0, 0, 0);

        /** With another model in force; a shadow that takes over is none any more. */
        public Choice withInForce(int version) {
            return version == inForce ? this : new Choice(version, inForce, shadow == version ? 0 : shadow);
        }

        /** With another shadow. */
        public Choice withShadow(int version) {
            return new Choice(inForce, before, version);
        }
    }

    /** Takes where they are. */
    public ModelStore(ModelFiles files) {
        this.files = files;
    }

    /**
     * The models in the directory that {@code wadi.cards.models} names; connects to nothing.
     *
     * @throws SettingsException where that is no directory
     */
    public static ModelStore of(Settings settings, HdfsConnection hdfs) {
        String directory = settings.get(CardsSettings.MODELS);
        if (directory.startsWith(LOCAL)) {
            return new ModelStore(new LocalModelFiles(Path.of(directory.substring(LOCAL.length()))));
        }
        if (!directory.startsWith("/")) {
            throw new SettingsException(
                    List.of("%s is \"%s\"; allowed is an absolute path in HDFS, or file: and a path of this machine"
                            .formatted(CardsSettings.MODELS.name(), directory)));
        }
        return new ModelStore(new HdfsModelFiles(
                hdfs, directory, settings.get(WadiSettings.LANDING_REPLICATION).shortValue()));
    }

    /** Where they are, for those who read of it. */
    public String place() {
        return files.place();
    }

    /** The versions there are, the first first. */
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

    /** Keeps a model under the next number, and returns it so. Two who do that at once may get the same number. */
    public StoredModel add(StoredModel model) throws IOException {
        List<Integer> versions = versions();
        int next = versions.isEmpty() ? 1 : versions.get(versions.size() - 1) + 1;
        StoredModel added = model.as(next);
        files.write(name(next), added.toJson());
        return added;
    }

    private static String name(int version) {
        return "model-%06d.json".formatted(version);
    }

    /**
     * Reads a model.
     *
     * @throws ModelException where there is none of this number, or it cannot be asked; with its file
     */
    public StoredModel read(int version) throws IOException, ModelException {
        String path = files.place() + "/" + name(version);
        Optional<byte[]> found = files.read(name(version));
        if (found.isEmpty()) {
            throw new ModelException("%s is not there; there are %s".formatted(path, versions()));
        }
        try {
            StoredModel model = StoredModel.parse(found.get());
            if (model.version() != version) {
                throw new ModelException("It says of itself that it is version " + model.version());
            }
            return model;
        } catch (ModelException e) {
            throw new ModelException(path + " cannot be used. " + e.getMessage());
        }
    }

    /**
     * Which models are asked.
     *
     * @throws ModelException where the file that says so cannot be read
     */
    public Choice choice() throws IOException, ModelException {
        Optional<byte[]> found = files.read(CHOICE);
        if (found.isEmpty()) {
            return Choice.NONE;
        }
        try {
            JsonNode json = JSON.readTree(found.get());
            return new Choice(
                    json.path("in-force").asInt(),
                    json.path("before").asInt(),
                    json.path("shadow").asInt());
        } catch (IOException e) {
            throw new ModelException("%s/%s is no JSON: %s"
                    .formatted(
                            files.place(),
                            CHOICE,
                            e.getMessage().lines().findFirst().orElse("")));
        }
    }

    /** Has other models be asked, from the next look on. */
    public void choose(Choice choice) throws IOException {
        files.write(
                CHOICE,
                JSON.writeValueAsBytes(JSON.createObjectNode()
                        .put("in-force", choice.inForce())
                        .put("before", choice.before())
                        .put("shadow", choice.shadow())));
    }
}
