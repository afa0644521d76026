package io.wadi.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.Units;
import io.wadi.testing.Http;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.SilentServer;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.AbstractConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Ingest with the shipped settings on a Kafka that accepts connections and does not answer. A request waits for its
 * event loop, for its topic, and for the acknowledgment; the limits in force show that the three waits take 5 s at most
 * together.
 */
class SilentKafkaTest {
    private static final long AT_MOST_MS = 5000;
    /** Kafka's default, from which only the producer of ingest differs. */
    private static final String USUAL_METADATA_IDLE_MS = "300000";

    private static final Pattern VALUE = Pattern.compile("\t([a-z.]+) = (.*)");
    private static final Pattern NOT_OPEN =
            Pattern.compile("TimeoutException: topic select-color was not ready within (\\d+m?s)");

    @TempDir
    private Path directory;

    @Test
    void unresponsiveKafka_is503WithRetryAfter_andTimeoutsTotalFiveSeconds() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger(AbstractConfig.class);
        Level level = logger.getLevel();
        ListAppender<ILoggingEvent> configurations = new ListAppender<>();
        configurations.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(configurations);
        HttpResponse<String> answer;
        try (SilentServer kafka = new SilentServer(0);
                RunningWadi wadi = RunningWadi.startIngest(directory, "localhost:" + kafka.port())) {
            answer = Http.post(
                    wadi.eventsUrl() + "/events/select-color",
                    "{}".getBytes(UTF_8),
                    "Content-Type",
                    "application/json");
        } finally {
            logger.detachAppender(configurations);
            logger.setLevel(level);
        }

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).hasValue("2");
        Matcher notOpen = NOT_OPEN.matcher(answer.body());
        assertThat(notOpen.find()).as(answer.body()).isTrue();
        Map<String, String> producer = ingestProducer(configurations.list);
        long delivery = number(producer, ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG);
        assertThat(delivery)
                .isEqualTo(shipped(IngestSettings.ACKNOWLEDGEMENT_TIMEOUT).toMillis());
        assertThat(number(producer, ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG)).isLessThan(delivery);
        assertThat(shipped(IngestSettings.MAX_EVENT_LOOP_DELAY).toMillis()
                        + Units.duration(notOpen.group(1)).toMillis()
                        + number(producer, ProducerConfig.MAX_BLOCK_MS_CONFIG)
                        + delivery)
                .isLessThanOrEqualTo(AT_MOST_MS);
    }

    private static <T> T shipped(Setting<T> setting) {
        return setting.parser().apply(setting.defaultText());
    }

    private static long number(Map<String, String> configuration, String name) {
        return Long.parseLong(configuration.get(name));
    }

    /** Returns the configuration of ingest's producer, which Kafka logs when it creates the producer. */
    private static Map<String, String> ingestProducer(List<ILoggingEvent> logged) {
        List<Map<String, String>> found = logged.stream()
                .map(ILoggingEvent::getFormattedMessage)
                .filter(each -> each.startsWith(ProducerConfig.class.getSimpleName()))
                .map(SilentKafkaTest::configuration)
                .filter(each -> !each.getOrDefault(ProducerConfig.METADATA_MAX_IDLE_CONFIG, USUAL_METADATA_IDLE_MS)
                        .equals(USUAL_METADATA_IDLE_MS))
                .toList();
        assertThat(found).as("producers of ingest").hasSize(1);
        return found.get(0);
    }

    private static Map<String, String> configuration(String logged) {
        Map<String, String> configuration = new HashMap<>();
        VALUE.matcher(logged)
                .results()
                .forEach(value ->
                        configuration.put(value.group(1), value.group(2).strip()));
        return configuration;
    }
}
