package io.wadi.extension.cards.model;

import io.wadi.extension.cards.generate.GeneratedPayment;
import io.wadi.extension.cards.generate.PaymentGenerator;
import io.wadi.testing.Rounds;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/** Generated payments as training examples, the same for all tests. */
final class GeneratedExamples {
    static final TrainingExamples EXAMPLES = new TrainingExamples();
    static final Set<String> REPORTED = new HashSet<>();
    static final Set<String> FRAUDS = new HashSet<>();

    static {
        int days = Rounds.of(30, 60);
        PaymentGenerator.Options options =
                new PaymentGenerator.Options(7, 3_000, Instant.parse("2026-01-01T00:00:00Z"), 0.006);
        new PaymentGenerator(options).run(0, days, GeneratedExamples::take);
    }

    private GeneratedExamples() {}

    private static void take(GeneratedPayment made) {
        EXAMPLES.add(made.payment());
        if (made.isReported()) {
            REPORTED.add(made.payment().id());
        }
        if (made.isFraud()) {
            FRAUDS.add(made.payment().id());
        }
    }
}
