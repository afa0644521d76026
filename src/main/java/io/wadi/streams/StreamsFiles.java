package io.wadi.streams;

import io.wadi.kafka.deadletter.DeadLetters;
import io.wadi.runtime.config.Nearest;
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

/** The files of {@code streams/}, each an application of its own, and those of them that are to be run. */
public final class StreamsFiles {
    /** In place of names: all files there are. */
    public static final String ALL = "*";

    private static final String ENDING = ".yaml";

    private final Path directory;
    private final Function<String, Optional<Integer>> declaredPartitions;

    /**
     * Reads nothing yet.
     *
     * @param declaredPartitions of topics, as far as they are declared
     */
    public StreamsFiles(Path directory, Function<String, Optional<Integer>> declaredPartitions) {
        this.directory = directory;
        this.declaredPartitions = declaredPartitions;
    }

    /** The names of all files, without their ending, in order; none where there is no such directory. */
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
     * Those that are wanted.
     *
     * @param setting its name, for mistakes
     * @param wanted names, separated by commas, or {@link #ALL}
     * @throws SettingsException where there is no file of a name
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
                        .formatted(setting, wanted, directory.resolve(name + ENDING), Nearest.question(name, there)))
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
     * What stands in files.
     *
     * @param names of files that are there
     * @throws SettingsException where one cannot be read
     */
    public Map<String, String> texts(List<String> names) {
        Map<String, String> texts = new LinkedHashMap<>();
        names.forEach(name -> texts.put(name, text(name)));
        return texts;
    }

    /**
     * Those that are wanted, of files that somebody else has read.
     *
     * @param files what stands in each, by its name with its ending
     * @param wanted names, separated by commas, or {@link #ALL}; one that is not there is left out
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
     * Reads files.
     *
     * @param texts what stands in each, by its name without its ending
     * @param camel compiles their expressions
     * @throws SettingsException with all mistakes in all of them, each with file and line
     */
    public List<DeclaredFlow> read(Map<String, String> texts, CamelContext camel, DeadLetters letters) {
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
