package io.wadi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.CommandProcess;
import io.wadi.testing.TestedCommand;
import io.wadi.testing.TopicProbe;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./wadi generate}; {@code CardPaymentsIT} uses the generated payments. */
class GenerateCommandIT {
    @TempDir
    private Path configuration;

    /** Otherwise each of the payments would wait for the topic for a minute. */
    @Test
    void missingTopic_isReportedBeforeTheFirstPayment() throws Exception {
        assertThat(payments("generate-missing"))
                .isEqualTo(new CommandProcess(
                        2,
                        "",
                        "Kafka does not have the topic generate-missing: declare it in topics.yaml, and run ./wadi"
                                + " topics apply\n"));
    }

    @Test
    void rejectedPayment_endsTheCommand() throws Exception {
        TopicProbe.create("generate-rejected", 1, Map.of("max.message.bytes", "1"));

        CommandProcess rejected = payments("generate-rejected");

        assertThat(rejected.code()).isEqualTo(2);
        assertThat(rejected.err()).startsWith("Could not generate records: ").hasLineCount(1);
    }

    private CommandProcess payments(String topic) throws Exception {
        return TestedCommand.onServers(
                        "generate",
                        configuration,
                        Map.of("wadi.cards.topic", topic, "wadi.cards.chargebacks-topic", topic))
                .inThisJvm("payments", "--cards", "10", "--days", "2");
    }
}
