package io.wadi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.wadi.kafka.TopicsAdmin;
import io.wadi.kafka.TopicsAdmin.Mode;
import io.wadi.kafka.TopicsReport;
import io.wadi.kafka.TopicsText;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * {@code ./wadi topics}: the topics as {@code topics.yaml} declares them against as they are, and with {@code apply} makes
 * them so. Prints a report that begins with the verdict, or with {@code --json} one JSON object.
 *
 * <p>Exit codes: 0 all are as declared now, 1 some are not, 2 Kafka could not be asked, which standard error says in a line.
 */
final class TopicsCommand {
    private static final String USAGE =
            "Usage: ./wadi topics [describe | apply [--grow-keyed] [--dry-run]] [--json] [--config DIR]";

    private boolean apply;
    private boolean growKeyed;
    private boolean dryRun;
    private boolean json;
    private Path configuration = Path.of(".");

    private TopicsCommand() {}

    /** See the class. */
    public static void main(String[] args) {
        Commands.end("Could not check the topics", out -> parse(args).run(out));
    }

    private static TopicsCommand parse(String[] args) {
        TopicsCommand command = new TopicsCommand();
        Deque<String> left = new ArrayDeque<>(List.of(args));
        command.apply = "apply".equals(left.peek());
        if (command.apply || "describe".equals(left.peek())) {
            left.remove();
        }
        while (!left.isEmpty()) {
            String word = left.remove();
            switch (word) {
                case "--grow-keyed" -> command.growKeyed = true;
                case "--dry-run" -> command.dryRun = true;
                case "--json" -> command.json = true;
                case "--config" -> command.configuration = Path.of(Commands.valueOf(word, left, USAGE));
                default -> throw new IllegalArgumentException("\"" + word + "\" is not understood. " + USAGE);
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
                report = new TopicsAdmin(configured.topics(), admin).run(mode(), growKeyed);
            } catch (RuntimeException e) {
                throw e.getCause() instanceof TimeoutException ? doesNotAnswer(client) : e;
            }
        }
        (json ? List.of(json(report)) : TopicsText.of(report)).forEach(out::println);
        return report.asDeclared() ? 0 : 1;
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

    private static String json(TopicsReport report) throws JsonProcessingException {
        return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(report);
    }
}
