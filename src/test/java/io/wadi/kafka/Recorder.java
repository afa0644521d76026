package io.wadi.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A step that records its input in order, and fails as planned. Thread-safe. */
public final class Recorder implements Processor {
    /** An attempt to process a record. */
    public record Try(int partition, long offset, String value, int number, boolean failed, long nanos) {}

    /** Decides whether an attempt fails; attempts are counted from 1 for each offset. */
    public interface Plan {
        boolean fails(ConsumerRecord<?, ?> given, int tryNumber) throws Exception;

        Plan NO_FAILURES = (given, tryNumber) -> false;
    }

    private final Plan plan;
    private final List<Try> tries = new ArrayList<>();
    private final Map<String, Integer> numbers = new ConcurrentHashMap<>();

    public Recorder(Plan plan) {
        this.plan = plan;
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        ConsumerRecord<?, ?> given = exchange.getProperty(ConsumedRecord.PROPERTY, ConsumerRecord.class);
        int number = numbers.merge(ConsumedRecord.at(given), 1, Integer::sum);
        boolean fails = plan.fails(given, number);
        synchronized (tries) {
            tries.add(new Try(
                    given.partition(),
                    given.offset(),
                    given.value() instanceof byte[] bytes ? new String(bytes, UTF_8) : String.valueOf(given.value()),
                    number,
                    fails,
                    System.nanoTime()));
        }
        if (fails) {
            throw new IllegalStateException("planned failure " + number + " of " + ConsumedRecord.at(given));
        }
    }

    /** Returns all attempts in order of time. */
    public List<Try> tries() {
        synchronized (tries) {
            return List.copyOf(tries);
        }
    }

    /** Returns the attempts of one record. */
    public List<Try> tries(int partition, long offset) {
        return tries().stream()
                .filter(each -> each.partition == partition && each.offset == offset)
                .toList();
    }

    /** Returns the values of all successful attempts in order of time. */
    public List<String> done() {
        return tries().stream().filter(each -> !each.failed).map(Try::value).toList();
    }

    /** Returns the values of all successful attempts of one partition. */
    public List<String> done(int partition) {
        return tries().stream()
                .filter(each -> !each.failed && each.partition == partition)
                .map(Try::value)
                .toList();
    }

    /** Returns the milliseconds between the attempts of a record. */
    public List<Long> pausesMs(int partition, long offset) {
        List<Long> at = tries(partition, offset).stream()
                .map(Try::nanos)
                .sorted(Comparator.naturalOrder())
                .toList();
        List<Long> pauses = new ArrayList<>();
        for (int i = 1; i < at.size(); i++) {
            pauses.add(TimeUnit.NANOSECONDS.toMillis(at.get(i) - at.get(i - 1)));
        }
        return pauses;
    }
}
