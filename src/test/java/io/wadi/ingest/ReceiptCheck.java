package io.wadi.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.EventLoad.Receipt;
import io.wadi.testing.KafkaProbe;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.TreeMap;

/** Compares the receipts of numbered events with the records of their topic. */
final class ReceiptCheck {
    private ReceiptCheck() {}

    /** Asserts that at each receipt's offset is the record of its event, and that no event has two records. */
    static void check(String brokers, String topic, Map<Integer, Receipt> receipts) {
        Map<Receipt, Integer> numbers = new HashMap<>();
        KafkaProbe.forEach(
                brokers,
                topic,
                found -> numbers.put(
                        new Receipt(found.partition(), found.offset()),
                        Integer.valueOf(new String(found.value(), UTF_8).replaceAll("\\D", ""))));

        Map<Integer, String> wrong = new TreeMap<>();
        receipts.forEach((number, receipt) -> {
            if (!number.equals(numbers.get(receipt))) {
                wrong.put(number, "%s: record of event %s".formatted(receipt, numbers.get(receipt)));
            }
        });
        assertThat(wrong)
                .as("of %d receipts those without their record", receipts.size())
                .isEmpty();
        assertThat(new HashSet<>(numbers.values()))
                .as("events of %d records", numbers.size())
                .hasSameSizeAs(numbers.values());
    }
}
