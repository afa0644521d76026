package io.wadi.streams;

import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.runtime.config.DirectoryListing;
import io.wadi.runtime.config.FileText;
import io.wadi.runtime.config.NearestName;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.Units;
import io.wadi.streams.definition.EndlessLoops;
import io.wadi.streams.definition.StreamsFile;
import io.wadi.streams.parser.StreamsFileParser;
import io.wadi.streams.topology.DeclaredFlow;
import io.wadi.streams.topology.DeduplicationMemory;
import io.wadi.streams.topology.StateHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.camel.CamelContext;

/** The files of {@code streams/}, each an application, and the selection of those to run. */
public final class StreamsFiles {
    /** Selects all files. */
    public static final String ALL = "*";

    /** The end of the names of files. */
    static final String EXTENSION = ".yaml";

    private final Path directory;
    private final Function<String, Optional<Integer>> declaredPartitions;
    private final Map<String, String> groups;
    private final StateHistory history;
    private final DeduplicationMemory memory = new DeduplicationMemory();

    /**
     * Creates an instance, without reading files.
     *
     * @param declaredPartitions returns the number of partitions of a declared topic
     * @param groups the names of the settings with Wadi's own consumer groups, by group
     * @param history the layouts of the existing state of applications
     */
    public StreamsFiles(
            Path directory,
            Function<String, Optional<Integer>> declaredPartitions,
            Map<String, String> groups,
            StateHistory history) {
        this.directory = directory;
        this.declaredPartitions = declaredPartitions;
        this.groups = groups;
        this.history = history;
    }

    /** Returns the names of all files without extension, sorted; none if the directory does not exist. */
    public List<String> names() {
        try {
            return DirectoryListing.of(directory, "*" + EXTENSION).stream()
                    .map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .map(name -> name.substring(0, name.length() - EXTENSION.length()))
                    .sorted()
                    .toList();
        } catch (NoSuchFileException none) {
            return List.of();
        } catch (IOException e) {
            throw new SettingsException(List.of("Reading " + directory + " failed: " + e));
        }
    }

    /**
     * Returns the names of the selected files.
     *
     * @param setting the name of the setting, for error messages
     * @param selection the names, separated by commas, or {@link #ALL}
     * @throws SettingsException if a file does not exist
     */
    public List<String> selected(String setting, String selection) {
        List<String> existing = names();
        if (selection.equals(ALL)) {
            return existing;
        }
        List<String> selected = split(selection);
        List<String> mistakes = selected.stream()
                .filter(name -> !existing.contains(name))
                .map(name -> "%s=%s: %s does not exist%s"
                        .formatted(
                                setting,
                                selection,
                                directory.resolve(name + EXTENSION),
                                NearestName.question(name, existing)))
                .toList();
        if (!mistakes.isEmpty()) {
            throw new SettingsException(mistakes);
        }
        return selected;
    }

    private static List<String> split(String selection) {
        return Units.list(selection).stream().distinct().toList();
    }

    /**
     * Reads the content of files.
     *
     * @param names the names of existing files
     * @param mistakes receives an error for each file that cannot be read, which the result does not contain
     */
    public Map<String, String> texts(List<String> names, List<String> mistakes) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (String name : names) {
            Path file = directory.resolve(name + EXTENSION);
            try {
                texts.put(name, FileText.of(file.toString(), Files.readAllBytes(file)));
            } catch (IllegalArgumentException e) {
                mistakes.add(e.getMessage());
            } catch (IOException e) {
                mistakes.add("Reading " + file + " failed: " + e);
            }
        }
        return texts;
    }

    /**
     * Returns the content of the selected files.
     *
     * @param files the content of all files, by name with extension
     * @param selection the names, separated by commas, or {@link #ALL}; missing files are skipped
     */
    static Map<String, String> selected(Map<String, String> files, String selection) {
        List<String> names = split(selection);
        Map<String, String> texts = new TreeMap<>();
        files.forEach((file, text) -> {
            String name = file.substring(0, file.length() - EXTENSION.length());
            if (!name.startsWith(".") && (selection.equals(ALL) || names.contains(name))) {
                texts.put(name, text);
            }
        });
        return texts;
    }

    /**
     * Parses files.
     *
     * @param texts the content of each file, by name without extension
     * @param unreadable the errors of files that could not be read
     * @param camel compiles their expressions
     * @throws SettingsException with these errors and all mistakes in all files, each with file and line
     */
    public List<DeclaredFlow> read(
            Map<String, String> texts, List<String> unreadable, CamelContext camel, DeadLetterSender deadLetters) {
        List<String> mistakes = new ArrayList<>(unreadable);
        List<StreamsFile> files = new ArrayList<>();
        List<DeclaredFlow> flows = new ArrayList<>();
        Map<String, String> applications = new HashMap<>();
        Map<String, String> tables = new HashMap<>();
        for (String name : texts.keySet()) {
            try {
                StreamsFile file =
                        StreamsFileParser.read(name, texts.get(name), camel, declaredPartitions, deadLetters.topic());
                files.add(file);
                String other = applications.putIfAbsent(file.application(), name);
                if (other != null) {
                    mistakes.add("streams/%s.yaml: application %s is also that of streams/%s.yaml: expected a unique id"
                            .formatted(name, file.application(), other));
                }
                String setting = groups.get(file.application());
                if (setting != null) {
                    mistakes.add(
                            "streams/%s.yaml: application %s is the value of %s: set application to an id of its own"
                                    .formatted(name, file.application(), setting));
                }
                DeclaredFlow flow = new DeclaredFlow(file, camel, deadLetters, memory, history);
                flow.tables().forEach(table -> {
                    String before = tables.putIfAbsent(table.name(), name);
                    if (before != null) {
                        mistakes.add(
                                "streams/%s.yaml: queryable table %s is also in streams/%s.yaml: rename the table or flow"
                                        .formatted(name, table.name(), before));
                    }
                });
                flows.add(flow);
            } catch (SettingsException e) {
                mistakes.addAll(e.mistakes());
            }
        }
        if (mistakes.isEmpty()) {
            mistakes.addAll(EndlessLoops.mistakes(files));
        }
        if (!mistakes.isEmpty()) {
            throw new SettingsException(mistakes);
        }
        return flows;
    }

    /** Sets the flows that run: their ids of {@code deduplicate} have to fit in the heap together. */
    void setRunning(Collection<DeclaredFlow> flows) {
        memory.setRunning(flows);
    }
}
