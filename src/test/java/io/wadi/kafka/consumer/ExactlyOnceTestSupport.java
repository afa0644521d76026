package io.wadi.kafka.consumer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.kafka.Flow;
import io.wadi.kafka.Recorder;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TopicProbe;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.builder.RouteBuilder;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** An exactly-once route that copies a topic with two partitions to two others. */
abstract class ExactlyOnceTestSupport {
    static final String SETTINGS = "&additionalProperties.wadi.transactional=true";

    static String topics(String in, Map<String, String> settingsOfSecond) throws Exception {
        TopicProbe.create(in, 2);
        TopicProbe.create(in + "-first", 2);
        TopicProbe.create(in + "-second", 2, settingsOfSecond);
        return in;
    }

    static Flow copyTwice(String in, Recorder recorder) throws Exception {
        return copyTwice(in, "", recorder);
    }

    static Flow copyTwice(String in, String settings, Recorder recorder) throws Exception {
        return Flow.start(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("kafka:" + in + "?groupId=" + in + SETTINGS + settings)
                        .routeId(in)
                        .to("kafka:" + in + "-first")
                        .process(recorder)
                        .to("kafka:" + in + "-second");
            }
        });
    }

    static void awaitDone(String in, int count) {
        Flow.awaitCommitted(in, 0, count);
        Flow.awaitCommitted(in, 1, count);
    }

    static void assertOnce(String out, int count) {
        List<String> found = values(KafkaProbe.readAll(out));
        List<String> expected = new ArrayList<>(Flow.values(0, count));
        expected.addAll(Flow.values(1, count));
        assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
        for (String partition : List.of("0-", "1-")) {
            assertThat(found.stream().filter(value -> value.startsWith(partition)))
                    .as("in order")
                    .containsExactlyElementsOf(expected.stream()
                            .filter(value -> value.startsWith(partition))
                            .toList());
        }
    }

    static List<String> values(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream().map(each -> new String(each.value(), UTF_8)).toList();
    }
}
