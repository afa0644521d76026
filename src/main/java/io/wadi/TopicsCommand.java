package io.wadi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.wadi.kafka.topics.TopicInventory;
import io.wadi.kafka.topics.TopicInventory.Details;
import io.wadi.kafka.topics.TopicInventory.Listed;
import io.wadi.kafka.topics.TopicInventory.Part;
import io.wadi.kafka.topics.TopicsAdmin;
import io.wadi.kafka.topics.TopicsAdmin.Mode;
import io.wadi.kafka.topics.TopicsReport;
import io.wadi.kafka.topics.TopicsText;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * {@code ./wadi topics}: the topics as {@code topics.yaml} declares them against as they are, and with {@code apply} makes
 * them so. Prints a report that begins with the verdict, or with {@code --json} one JSON object. And the topics that there are,
 * declared or not: {@code list}, and {@code describe TOPIC}.
 *
 * <p>Exit codes: 0 all are as declared now, 1 some are not, 2 Kafka could not be asked, which standard error says in a line.
 */
final class TopicsCommand {
    private static final String USAGE =
            "Usage: ./wadi topics [describe [TOPIC] | list | apply [--grow-keyed] [--dry-run]] [--json] [--config DIR]";

    private static final Set<String> VERBS = Set.of("describe", "list", "apply");

    private String verb = "describe";
    private String topic;
    private boolean apply;
    private boolean growKeyed;
    private boolean dryRun;
    private boolean json;
    private Path configuration = Path.of(".");

    private TopicsCommand() {}

    /** See the class. */
    public static void main(String[] args) {
        Commands.end(given(args));
    }

    /** The command that these arguments ask for. */
    static Commands.Given given(String... args) {
        return new Commands.Given(
                "Could not check the topics", out -> parse(args).run(out));
    }

    private static TopicsCommand parse(String[] args) {
        TopicsCommand command = new TopicsCommand();
        Deque<String> left = new ArrayDeque<>(List.of(args));
        if (VERBS.contains(String.valueOf(left.peek()))) {
            command.verb = left.remove();
            command.apply = command.verb.equals("apply");
        }
        boolean takesTopic = left.size() < args.length && command.verb.equals("describe");
        while (!left.isEmpty()) {
            String word = left.remove();
            switch (word) {
                case "--grow-keyed" -> command.growKeyed = true;
                case "--dry-run" -> command.dryRun = true;
                case "--json" -> command.json = true;
                case "--config" -> command.configuration = Path.of(Commands.valueOf(word, left, USAGE));
                default -> command.topic = Commands.topic(takesTopic ? command.topic : "", word, USAGE);
            }
        }
        if (!command.apply && (command.growKeyed || command.dryRun)) {
            throw new IllegalArgumentException("--grow-keyed and --dry-run go with apply. " + USAGE);
        }
        return command;
    }

    private int run(PrintStream out) throws Exception {
        TopicsReport report;
        try (Configured configured = new Configured(configuration)) {
            Properties client = configured.kafka().adminProperties();
            try (Admin admin = Admin.create(client)) {
                if (verb.equals("list") || topic != null) {
                    return look(new TopicInventory(admin, configured.topics()), out);
                }
                report = new TopicsAdmin(configured.topics(), admin).run(mode(), growKeyed);
            } catch (RuntimeException e) {
                throw e.getCause() instanceof TimeoutException ? doesNotAnswer(client) : e;
            }
        }
        (json ? List.of(json(report)) : TopicsText.of(report)).forEach(out::println);
        return report.asDeclared() ? 0 : 1;
    }

    private int look(TopicInventory inventory, PrintStream out) throws Exception {
        Object found = topic == null ? inventory.list() : inventory.describe(topic);
        if (json) {
            out.println(json(found));
        } else if (found instanceof Details details) {
            print(details, out);
        } else {
            ((List<?>) found).forEach(each -> print((Listed) each, out));
        }
        return 0;
    }

    private static void print(Listed each, PrintStream out) {
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
        details.settings().forEach((name, value) -> out.printf("%s=%s%n", name, value));
        for (Part each : details.partitions()) {
            out.printf(
                    "partition %d: %s, replicas %s, in sync %s, %s%n",
                    each.partition(),
                    each.leader() == null ? "no leader" : "leader " + each.leader(),
                    each.replicas(),
                    each.inSync(),
                    each.begin() == null || each.end() == null
                            ? "offsets not known"
                            : "offsets %d to %d".formatted(each.begin(), each.end()));
        }
    }

    private Mode mode() {
        if (!apply) {
            return Mode.DESCRIBE;
        }
        return dryRun ? Mode.DRY_RUN : Mode.APPLY;
    }

    private static TimeoutException doesNotAnswer(Properties client) {
        return new TimeoutException(
                "Kafka at " + client.getProperty(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG) + " does not answer");
    }

    private static String json(Object report) throws JsonProcessingException {
        return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(report);
    }
}
