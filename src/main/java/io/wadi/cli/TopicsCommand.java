package io.wadi.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.wadi.kafka.topics.TopicInventory;
import io.wadi.kafka.topics.TopicInventory.Details;
import io.wadi.kafka.topics.TopicInventory.PartitionDetails;
import io.wadi.kafka.topics.TopicInventory.Summary;
import io.wadi.kafka.topics.Topics;
import io.wadi.kafka.topics.TopicsAdmin;
import io.wadi.kafka.topics.TopicsAdmin.Mode;
import io.wadi.kafka.topics.TopicsReport;
import io.wadi.kafka.topics.TopicsText;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.camel.util.function.ThrowingBiFunction;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/** {@code wadi topics}: compares topics with {@code topics.yaml}, applies the file, and lists and deletes topics. */
@Command(
        description = {
            "Compares the topics with their declarations in topics.yaml; changes nothing.",
            "Without a subcommand, it runs describe."
        },
        exitCodeList = {
            "0:all topics are as declared, or have been printed or deleted",
            "1:some topics are not as declared, or a deletion was not confirmed",
            "2:the command failed, or the arguments are invalid"
        })
final class TopicsCommand extends OperatorCommand {
    @Option(names = "--json", scope = ScopeType.INHERIT, description = "Prints JSON.")
    private boolean json;

    @Mixin
    private PipelineOptions pipeline;

    TopicsCommand(Terminal terminal) {
        super(terminal, "Could not check the topics");
    }

    @Override
    public Integer call() throws Exception {
        return declared(Mode.DESCRIBE, false);
    }

    @Command(description = "Compares all topics with their declarations, or prints one topic in detail.")
    int describe(
            @Parameters(paramLabel = "TOPIC", arity = "0..1", description = "The topic (default: all declared ones)")
                    String topic)
            throws Exception {
        return topic == null ? call() : inventory(topic);
    }

    @Command(description = "Lists all topics, declared or not.")
    int list() throws Exception {
        return inventory(null);
    }

    @Command(description = "Creates and changes topics as declared in topics.yaml. Partitions are never removed.")
    int apply(
            @Option(
                            names = "--grow-keyed",
                            description =
                                    "Also adds partitions to topics with keys, which moves keys to other partitions.")
                    boolean growKeyed,
            @Option(names = "--dry-run", description = "Prints what would be changed and changes nothing.")
                    boolean dryRun)
            throws Exception {
        return declared(dryRun ? Mode.DRY_RUN : Mode.APPLY, growKeyed);
    }

    @Command(
            description = {
                "Deletes topics with all their records, after a confirmation.",
                "Landed files and indexed documents remain. The pipeline creates a declared topic again at its next start."
            })
    int delete(
            @Parameters(paramLabel = "TOPIC", arity = "1..*", description = "The topics.") Set<String> names,
            @Option(names = "--yes", description = "Skips the confirmation.") boolean yes)
            throws Exception {
        return withAdmin((topics, admin) -> {
            TopicInventory inventory = new TopicInventory(admin, topics);
            inventory.list(names).forEach(each -> print(each, terminal().err()));
            if (!yes && !terminal().confirms("Type yes to delete them with all their records: ")) {
                terminal().err().println("Not confirmed: nothing was deleted.");
                printDeleted(List.of());
                return 1;
            }
            List<String> deleted = new ArrayList<>();
            try {
                for (String each : names) {
                    inventory.delete(each);
                    deleted.add(each);
                }
            } finally {
                printDeleted(deleted);
            }
            return 0;
        });
    }

    private void printDeleted(List<String> deleted) throws JsonProcessingException {
        print(json, Map.of("deleted", deleted), () -> deleted.forEach(each -> out().println("Deleted " + each + ".")));
    }

    private int declared(Mode mode, boolean growKeyed) throws Exception {
        TopicsReport report = withAdmin((topics, admin) -> new TopicsAdmin(topics, admin).run(mode, growKeyed));
        print(json, report, () -> TopicsText.of(report).forEach(out()::println));
        return report.asDeclared() ? 0 : 1;
    }

    private int inventory(String topic) throws Exception {
        Object found = withAdmin((topics, admin) -> {
            TopicInventory inventory = new TopicInventory(admin, topics);
            return topic == null ? inventory.list() : inventory.describe(topic);
        });
        if (json) {
            json(found);
        } else if (found instanceof Details details) {
            print(details, out());
        } else {
            ((List<?>) found).forEach(each -> print((Summary) each, out()));
        }
        return 0;
    }

    private <T> T withAdmin(ThrowingBiFunction<Topics, Admin, T, Exception> call) throws Exception {
        try (CommandConfiguration configured = pipeline.read()) {
            Topics declared = configured.topics();
            return configured.withAdmin(admin -> call.apply(declared, admin));
        }
    }

    private static void print(Summary each, PrintStream out) {
        out.printf(
                Locale.ROOT,
                "%s: partitions %d, replication %d, offsets %,d%s%n",
                each.topic(),
                each.partitions(),
                each.replication(),
                each.offsets(),
                each.declared() ? "" : ", not declared");
    }

    private static void print(Details details, PrintStream out) {
        out.printf("%s: %s%n", details.topic(), details.declared() ? "declared" : "not declared");
        if (details.settings() == null) {
            out.println("settings unknown: no permission to read them");
        } else {
            details.settings().forEach((name, value) -> out.printf("%s=%s%n", name, value));
        }
        for (PartitionDetails each : details.partitions()) {
            out.printf(
                    "partition %d: %s, replicas %s, in sync %s, %s%n",
                    each.partition(),
                    each.leader() == null ? "no leader" : "leader " + each.leader(),
                    each.replicas(),
                    each.inSync(),
                    each.begin() == null || each.end() == null
                            ? "offsets unknown"
                            : "offsets %d to %d".formatted(each.begin(), each.end()));
        }
    }
}
