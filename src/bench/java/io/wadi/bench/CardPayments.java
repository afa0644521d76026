package io.wadi.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.extension.cards.Payment;
import io.wadi.extension.cards.generate.GeneratedPayment;
import io.wadi.extension.cards.generate.PaymentGenerator;
import io.wadi.extension.cards.model.AdditiveModel;
import io.wadi.extension.cards.model.ForestTrainer;
import io.wadi.extension.cards.model.LocalModelFiles;
import io.wadi.extension.cards.model.ModelException;
import io.wadi.extension.cards.model.ModelStore;
import io.wadi.extension.cards.model.TrainingExamples;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Generates numbered payments and the model that scores them. The payments of a number of days are repeated with later
 * times.
 */
final class CardPayments {
    private static final int TREES = 60;
    private static final String PREFIX = "n-";
    /** So early that the repetitions of millions of payments are not in the future, which would make them invalid. */
    private static final Instant BEGIN = Instant.parse("2000-01-01T00:00:00Z");

    private final List<Payment> payments = new ArrayList<>();
    private final Set<String> frauds = new HashSet<>();
    private final Duration span;

    /** Generates the payments. */
    CardPayments() {
        int days = 40;
        span = Duration.ofDays(days);
        new PaymentGenerator(new PaymentGenerator.Options(5, 1_500, BEGIN, 0.006)).run(0, days, this::take);
    }

    private void take(GeneratedPayment made) {
        payments.add(made.payment());
        if (made.isReported()) {
            frauds.add(made.payment().id());
        }
    }

    /** Trains the model and makes it the current one. */
    void train(Path models) throws IOException, ModelException {
        TrainingExamples examples = new TrainingExamples();
        payments.forEach(examples::add);
        TrainingExamples.Split split = examples.split(0.25, frauds);
        AdditiveModel forest = new ForestTrainer(TREES, 1).train(split.train(), done -> {});
        ModelStore store = new ModelStore(new LocalModelFiles(models));
        int version =
                store.add(split.evaluated("a forest", Instant.EPOCH, forest)).version();
        store.choose(ModelStore.Choice.NONE.withActive(version));
    }

    /** Returns the payment with a number as a record. */
    ProducerRecord<byte[], byte[]> record(String topic, long number) {
        Payment of = payments.get((int) (number % payments.size()));
        long later = number / payments.size() * span.toMillis();
        Payment numbered = new Payment(
                PREFIX + number,
                of.card(),
                of.at() + later,
                of.amount(),
                of.country(),
                of.category(),
                of.online(),
                of.latitude(),
                of.longitude());
        return new ProducerRecord<>(
                topic,
                of.card().getBytes(UTF_8),
                new GeneratedPayment(numbered, false, false).json().getBytes(UTF_8));
    }

    /** Returns the number of the payment that a decision is about; negative if there is none. */
    static long number(byte[] decision) {
        String begin = new String(decision, 0, Math.min(decision.length, 40), UTF_8);
        int from = begin.indexOf(PREFIX) + PREFIX.length();
        int to = begin.indexOf('"', from);
        return begin.startsWith("{\"payment\":\"" + PREFIX) && to > from
                ? Long.parseLong(begin.substring(from, to))
                : -1;
    }
}
