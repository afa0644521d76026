package io.wadi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.wadi.landing.audit.Audit;
import io.wadi.landing.audit.AuditReport;
import io.wadi.landing.audit.AuditText;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.WadiSettings;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * {@code ./wadi audit TOPIC}: whether every offset of a topic has landed once. Prints a report that begins with the verdict,
 * or with {@code --json} one JSON object.
 *
 * <p>Exit codes: 0 sound, 1 lost, doubled or different, 2 it could not be audited, which standard error says in a line.
 */
final class AuditCommand {
    private static final String USAGE = "Usage: ./wadi audit TOPIC [--deep] [--group NAME] [--json] [--config DIR]";

    private String topic;
    private boolean deep;
    private String group;
    private boolean json;
    private Path configuration = Path.of(".");

    private AuditCommand() {}

    /** See the class. */
    public static void main(String[] args) {
        Commands.end(given(args));
    }

    /** The command that these arguments ask for. */
    static Commands.Given given(String... args) {
        return new Commands.Given("Could not audit", out -> parse(args).run(out));
    }

    private static AuditCommand parse(String[] args) {
        AuditCommand command = new AuditCommand();
        Deque<String> left = new ArrayDeque<>(List.of(args));
        while (!left.isEmpty()) {
            String word = left.remove();
            switch (word) {
                case "--deep" -> command.deep = true;
                case "--json" -> command.json = true;
                case "--group" -> command.group = Commands.valueOf(word, left, USAGE);
                case "--config" -> command.configuration = Path.of(Commands.valueOf(word, left, USAGE));
                default -> command.topic = Commands.topic(command.topic, word, USAGE);
            }
        }
        if (command.topic == null) {
            throw new IllegalArgumentException(USAGE);
        }
        return command;
    }

    private int run(PrintStream out) throws Exception {
        AuditReport report;
        try (Configured configured = new Configured(configuration)) {
            Settings settings = configured.settings();
            if (deep && settings.get(WadiSettings.LANDING_ENVELOPE)) {
                throw new IllegalArgumentException(
                        "--deep compares lines with values, and wadi.landing.envelope=true has more in its lines");
            }
            Audit audit = new Audit(
                    configured.hdfs(),
                    settings.get(WadiSettings.LANDING_DIRECTORY),
                    configured
                            .kafka()
                            .observerProperties(group != null ? group : settings.get(WadiSettings.LANDING_GROUP)),
                    configured.kafka().adminProperties());
            report = audit.run(topic, deep);
        }
        (json ? List.of(json(report)) : AuditText.of(report)).forEach(out::println);
        return report.sound() ? 0 : 1;
    }

    private static String json(AuditReport report) throws JsonProcessingException {
        return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(report);
    }
}
