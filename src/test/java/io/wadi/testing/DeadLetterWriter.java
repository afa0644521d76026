package io.wadi.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A writer of dead letters in the format of Wadi's routes, to a topic of a test. */
public record DeadLetterWriter(String deadLetters, String from) {
    /**
     * Writes the dead letter of a record that failed in a route.
     *
     * @param at the record's partition and offset, as {@code partition@offset}
     * @param headers further headers, as names and values in turn
     */
    public void write(String route, String at, String kind, String message, String value, String... headers)
            throws Exception {
        String[] place = at.split("@", 2);
        ProducerRecord<byte[], byte[]> deadLetter =
                new ProducerRecord<>(deadLetters, ("k" + place[1]).getBytes(UTF_8), value.getBytes(UTF_8));
        for (int i = 0; i < headers.length; i += 2) {
            deadLetter.headers().add(headers[i], headers[i + 1].getBytes(UTF_8));
        }
        Map.of(
                        "topic", from,
                        "partition", place[0],
                        "offset", place[1],
                        "connector.name", route,
                        "exception.class.name", kind,
                        "exception.message", message)
                .forEach((name, text) -> deadLetter.headers().add("__connect.errors." + name, text.getBytes(UTF_8)));
        KafkaProbe.send(deadLetter);
    }
}
