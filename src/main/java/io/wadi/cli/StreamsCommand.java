package io.wadi.cli;

import static io.wadi.kafka.records.RecordText.inLine;

import io.wadi.kafka.streams.StreamsReset;
import io.wadi.kafka.streams.StreamsReset.ApplicationState;
import io.wadi.kafka.topics.Topic;
import io.wadi.kafka.topics.Topics;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.streams.StreamsFiles;
import io.wadi.streams.StreamsSettings;
import io.wadi.streams.topology.DeclaredFlow;
import io.wadi.streams.topology.StateHistory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/** {@code wadi streams}: checks the files of {@code streams/} without running them, and resets the state of a file. */
@Command(
        description = {
            "Checks the files of streams/, and resets the state of one.",
            "Without a subcommand, it runs check."
        },
        exitCodeList = {
            "0:done",
            "1:a reset is refused; the output has the reason",
            "2:a file has errors, the command failed, or the arguments are invalid"
        })
final class StreamsCommand extends OperatorCommand {
    @Option(names = "--json", scope = ScopeType.INHERIT, description = "Prints JSON.")
    private boolean json;

    @Mixin
    private PipelineOptions pipeline;

    StreamsCommand(Terminal terminal) {
        super(terminal, "Command failed");
    }

    @Override
    public Integer call() throws Exception {
        return check(null);
    }

    /** The JSON of a file. */
    private record Checked(String name, String description, String application) {}

    /** The JSON of a reset; {@code files} is the state directory, or null if there is none. */
    private record Reset(
            String application,
            List<String> topics,
            Map<String, Long> offsets,
            String files,
            List<String> members,
            boolean deleted) {}

    @Command(description = "Checks the files without running them; prints all errors with lines and columns.")
    int check(
            @Parameters(paramLabel = "NAME", arity = "0..1", description = "One file, without .yaml (default: all)")
                    String name)
            throws Exception {
        try (CommandConfiguration configured = pipeline.read()) {
            List<Checked> files = read(configured, name == null ? StreamsFiles.ALL : one(name)).stream()
                    .map(flow -> new Checked(
                            flow.name(), flow.description(), flow.flow().applicationId()))
                    .toList();
            print(json, files, () -> {
                files.forEach(each ->
                        out().printf("%s: %s; application %s%n", each.name(), each.description(), each.application()));
                out().println(files.size() == 1 ? "1 valid file" : files.size() + " valid files");
            });
            return 0;
        }
    }

    @Command(
            description = {
                "Deletes the state of a file's application, so that it starts from the beginning.",
                "Prints what it would delete, and deletes it only with --apply."
            })
    int reset(
            @Parameters(paramLabel = "NAME", description = "The file, without .yaml.") String name,
            @Option(names = "--apply", description = "Applies the reset.") boolean apply)
            throws Exception {
        try (CommandConfiguration configured = pipeline.read()) {
            DeclaredFlow flow = read(configured, one(name)).get(0);
            Path state = Path.of(configured.get(WadiSettings.STREAMS_STATE_DIRECTORY));
            return configured.withAdmin(admin -> {
                StreamsReset reset = new StreamsReset(admin, state);
                return reset(reset, reset.find(flow.application(), flow.internalTopics(admin)), apply);
            });
        }
    }

    /** Returns the name if it is not a list of names, of which a reset would apply to the first only. */
    private String one(String name) {
        if (name.isBlank() || name.contains(",") || name.equals(StreamsFiles.ALL)) {
            throw usageError("NAME is \"%s\", expected the name of one file".formatted(name));
        }
        return name;
    }

    private static List<DeclaredFlow> read(CommandConfiguration configured, String names) {
        Topics topics = configured.topics();
        StreamsFiles files = new StreamsFiles(
                Path.of(configured.get(StreamsSettings.DIRECTORY)),
                topic -> topics.find(topic).map(Topic::partitions),
                configured.settings().consumerGroups(),
                new StateHistory(configured.kafka()::readerProperties, configured.kafka()::producerWithin));
        List<String> unreadable = new ArrayList<>();
        Map<String, String> texts = files.texts(files.selected("streams", names), unreadable);
        return files.read(texts, unreadable, configured.camel(), configured.deadLetters());
    }

    private int reset(StreamsReset reset, ApplicationState found, boolean apply) throws Exception {
        boolean isRefused = !found.members().isEmpty();
        if (apply && !isRefused) {
            reset.delete(found);
        }
        if (json) {
            json(new Reset(
                    found.application(),
                    List.copyOf(found.topics()),
                    found.offsets().entrySet().stream()
                            .collect(Collectors.toMap(each -> each.getKey().toString(), Map.Entry::getValue)),
                    found.files() == null ? null : found.files().toString(),
                    List.copyOf(found.members()),
                    apply && !isRefused));
        } else {
            print(found, isRefused, apply);
        }
        return isRefused ? 1 : 0;
    }

    private void print(ApplicationState found, boolean isRefused, boolean apply) {
        String deleted = apply && !isRefused ? "deleted" : "would be deleted";
        found.topics().forEach(topic -> out().printf("topic %s: %s%n", topic, deleted));
        found.offsets()
                .forEach((partition, offset) -> out().printf(
                                "offset %d of %s in group %s: %s%n", offset, partition, found.application(), deleted));
        if (found.files() != null) {
            out().printf("files in %s: %s%n", found.files(), deleted);
        }
        if (isRefused) {
            out().printf(
                            "Refused: %s runs (%s): stop it first.%n",
                            found.application(), inLine(String.join(", ", found.members())));
        } else if (found.isEmpty()) {
            out().printf("%s has no state: it starts at the earliest offsets.%n", found.application());
        } else if (!apply) {
            out().println(
                            "Dry run: nothing was deleted; use --apply to delete it. Records in output topics are kept, and would be written again.");
        }
    }
}
