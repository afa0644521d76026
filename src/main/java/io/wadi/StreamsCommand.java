package io.wadi;

import io.wadi.kafka.Causes;
import io.wadi.kafka.deadletter.DeadLetters;
import io.wadi.kafka.streams.StreamsReset;
import io.wadi.kafka.streams.StreamsReset.Found;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.streams.topology.DeclaredFlow;
import io.wadi.streams.StreamsFeature;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * {@code ./wadi streams}: the files of {@code streams/}, checked without being run, and what each keeps in Kafka and here. A reset
 * says what it would delete, and deletes it with {@code --apply} only.
 *
 * <p>Exit codes: 0 done, 1 a reset is refused, which the output says, 2 it could not be done, which is also where a file has
 * mistakes.
 */
final class StreamsCommand {
    private static final String USAGE = "Usage: ./wadi streams [check [NAME] | reset NAME [--apply]] [--config DIR]";
    private static final Set<String> VERBS = Set.of("check", "reset");

    private String verb = "check";
    private String name;
    private boolean apply;
    private Path configuration = Path.of(".");

    private StreamsCommand() {}

    /** See the class. */
    public static void main(String[] args) {
        Commands.end(given(args));
    }

    /** The command that these arguments ask for. */
    static Commands.Given given(String... args) {
        return new Commands.Given("Could not be done", out -> parse(args).run(out));
    }

    private static StreamsCommand parse(String[] args) {
        StreamsCommand command = new StreamsCommand();
        Deque<String> left = new ArrayDeque<>(List.of(args));
        if (VERBS.contains(String.valueOf(left.peek()))) {
            command.verb = left.remove();
        }
        while (!left.isEmpty()) {
            String word = left.remove();
            switch (word) {
                case "--apply" -> command.apply = true;
                case "--config" -> command.configuration = Path.of(Commands.valueOf(word, left, USAGE));
                default -> command.name = Commands.topic(command.name, word, USAGE);
            }
        }
        if (command.verb.equals("reset") && command.name == null) {
            throw new IllegalArgumentException("reset takes a file's name. " + USAGE);
        }
        if (command.apply && !command.verb.equals("reset")) {
            throw new IllegalArgumentException("--apply goes with reset. " + USAGE);
        }
        return command;
    }

    private int run(PrintStream out) throws Exception {
        try (Configured configured = new Configured(configuration)) {
            List<DeclaredFlow> flows = StreamsFeature.read(
                    name == null ? "*" : name,
                    configured.settings(),
                    configured.topics(),
                    configured.camel(),
                    configured.part(DeadLetters.class));
            if (verb.equals("check")) {
                flows.forEach(flow -> out.printf(
                        "%s: %s; application %s%n",
                        flow.name(), flow.description(), flow.flow().applicationId()));
                out.println(flows.size() + " files without mistakes");
                return 0;
            }
            return reset(flows.get(0), configured, out);
        }
    }

    private int reset(DeclaredFlow flow, Configured configured, PrintStream out) throws Exception {
        Properties client = configured.kafka().adminProperties();
        Path state = Path.of(configured.settings().get(WadiSettings.STREAMS_STATE_DIRECTORY));
        try (Admin admin = Admin.create(client)) {
            StreamsReset reset = new StreamsReset(admin, state);
            Found found = reset.look(flow.flow().applicationId(), flow.topology());
            boolean isRefused = !found.members().isEmpty();
            if (apply && !isRefused) {
                reset.apply(found);
            }
            print(found, isRefused, out);
            return isRefused ? 1 : 0;
        } catch (KafkaException e) {
            if (Causes.innermost(e) instanceof TimeoutException) {
                throw new TimeoutException("Kafka at " + client.getProperty(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG)
                        + " does not answer");
            }
            throw e;
        }
    }

    private void print(Found found, boolean isRefused, PrintStream out) {
        String deleted = apply && !isRefused ? "deleted" : "would be deleted";
        found.topics().forEach(topic -> out.printf("topic %s: %s%n", topic, deleted));
        found.offsets()
                .forEach((partition, offset) -> out.printf(
                        "offset %d of %s in group %s: %s%n", offset, partition, found.application(), deleted));
        if (found.files() != null) {
            out.printf("files in %s: %s%n", found.files(), deleted);
        }
        if (isRefused) {
            out.printf(
                    "Refused: %s runs (%s): stop it first.%n", found.application(), String.join(", ", found.members()));
        } else if (found.isEmpty()) {
            out.printf("There is nothing of %s: it begins at the first records as it is.%n", found.application());
        } else if (!apply) {
            out.println(
                    "Nothing was deleted: --apply does it. What was written to other topics stays, and would be written again.");
        }
    }
}
