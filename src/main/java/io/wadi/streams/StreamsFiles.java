package io.wadi.streams;

import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.runtime.config.NearestName;
import io.wadi.runtime.config.SettingsException;
import io.wadi.streams.definition.StreamsFile;
import io.wadi.streams.parser.StreamsFileParser;
import io.wadi.streams.topology.DeclaredFlow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;

/** The files of {@code streams/}, each an application of its own, and the selection of those to run. */
public final class StreamsFiles {
    /** Selects all files. */
    public static final String ALL = "*";

    private static final String ENDING = ".yaml";

    private final Path directory;
    private final Function<String, Optional<Integer>> declaredPartitions;

    /**
     * Takes the directory; reads nothing yet.
     *
     * @param declaredPartitions number of partitions of declared topics
     */
    public StreamsFiles(Path directory, Function<String, Optional<Integer>> declaredPartitions) {
        this.directory = directory;
        this.declaredPartitions = declaredPartitions;
    }

    /** Returns the names of all files without extension, sorted; none if there is no such directory. */
    public List<String> names() {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(ENDING) && !name.startsWith("."))
                    .map(name -> name.substring(0, name.length() - ENDING.length()))
                    .sorted()
                    .toList();
        } catch (NoSuchFileException none) {
            return List.of();
        } catch (IOException e) {
            throw new SettingsException(List.of(directory + " cannot be read: " + e));
        }
    }

    /**
     * Returns the names of the selected files.
     *
     * @param setting name of the setting, for mistakes
     * @param wanted names, separated by commas, or {@link #ALL}
     * @throws SettingsException if a file does not exist
     */
    public List<String> wanted(String setting, String wanted) {
        List<String> there = names();
        if (wanted.equals(ALL)) {
            return there;
        }
        List<String> named = named(wanted);
        List<String> mistakes = named.stream()
                .filter(name -> !there.contains(name))
                .map(name -> "%s=%s: there is no %s%s"
                        .formatted(
                                setting, wanted, directory.resolve(name + ENDING), NearestName.question(name, there)))
                .toList();
        if (!mistakes.isEmpty()) {
            throw new SettingsException(mistakes);
        }
        return named;
    }

    private static List<String> named(String wanted) {
        return Arrays.stream(wanted.split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .distinct()
                .toList();
    }

    /**
     * Reads the content of files.
     *
     * @param names of existing files
     * @throws SettingsException if one cannot be read
     */
    public Map<String, String> texts(List<String> names) {
        Map<String, String> texts = new LinkedHashMap<>();
        names.forEach(name -> texts.put(name, text(name)));
        return texts;
    }

    /**
     * Returns the content of the selected files.
     *
     * @param files the content of all files, by name with extension
     * @param wanted names, separated by commas, or {@link #ALL}; missing ones are left out
     */
    static Map<String, String> wanted(Map<String, String> files, String wanted) {
        List<String> named = named(wanted);
        Map<String, String> texts = new TreeMap<>();
        files.forEach((file, text) -> {
            String name = file.substring(0, file.length() - ENDING.length());
            if (!name.startsWith(".") && (wanted.equals(ALL) || named.contains(name))) {
                texts.put(name, text);
            }
        });
        return texts;
    }

    /**
     * Parses files.
     *
     * @param texts the content of each file, by name without extension
     * @param camel compiles their expressions
     * @throws SettingsException with all mistakes in all files, each with file and line
     */
    public List<DeclaredFlow> read(Map<String, String> texts, CamelContext camel, DeadLetterSender letters) {
        List<String> mistakes = new ArrayList<>();
        List<DeclaredFlow> flows = new ArrayList<>();
        Map<String, String> applications = new HashMap<>();
        Map<String, String> tables = new HashMap<>();
        for (String name : texts.keySet()) {
            try {
                StreamsFile file = StreamsFileParser.read(name, texts.get(name), camel, declaredPartitions);
                String other = applications.putIfAbsent(file.application(), name);
                if (other != null) {
                    mistakes.add("streams/%s.yaml: its application is %s, as that of streams/%s.yaml: give it another"
                            .formatted(name, file.application(), other));
                }
                DeclaredFlow flow = new DeclaredFlow(file, camel, letters);
                flow.tables().forEach(table -> {
                    String before = tables.putIfAbsent(table.name(), name);
                    if (before != null) {
                        mistakes.add(
                                "streams/%s.yaml: what is asked for as %s is there twice, also in streams/%s.yaml: give the table or the flow another name"
                                        .formatted(name, table.name(), before));
                    }
                });
                flows.add(flow);
            } catch (SettingsException e) {
                mistakes.addAll(e.mistakes());
            }
        }
        if (!mistakes.isEmpty()) {
            throw new SettingsException(mistakes);
        }
        return flows;
    }

    private String text(String name) {
        Path file = directory.resolve(name + ENDING);
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new SettingsException(List.of(file + " cannot be read: " + e));
        }
    }
}
