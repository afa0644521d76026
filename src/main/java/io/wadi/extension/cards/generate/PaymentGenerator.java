package io.wadi.extension.cards.generate;

import io.wadi.extension.cards.Payment;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * A deterministic generator of card payments, day by day in order of time. Its assumptions are described in
 * docs/how-to/card-payments.md#synthetic-payments.
 */
public final class PaymentGenerator {
    private static final long DAY = Duration.ofDays(1).toMillis();

    private final Options options;
    private final List<CardHolder> holders = new ArrayList<>();
    /** Payments that were generated with the current day but belong to the next. */
    private List<GeneratedPayment> later = new ArrayList<>();

    private long number;

    /**
     * The options of the generator.
     *
     * @param seed the seed of all random choices
     * @param cards the number of cards
     * @param from the first day
     * @param fraudShare the approximate share of frauds
     */
    public record Options(long seed, int cards, Instant from, double fraudShare) {}

    public PaymentGenerator(Options options) {
        this.options = options;
        SplittableRandom seeds = new SplittableRandom(options.seed());
        for (int i = 0; i < options.cards(); i++) {
            String card = String.format(Locale.ROOT, "card-%07d", i);
            holders.add(new CardHolder(card, seeds.split(), options.fraudShare()));
        }
    }

    /**
     * Passes the payments of the days from first to end. Also generates the days before, since later days depend on
     * them.
     */
    public void run(int first, int end, Consumer<GeneratedPayment> sink) {
        for (int day = 0; day < end; day++) {
            List<GeneratedPayment> payments = day(day);
            if (day >= first) {
                payments.forEach(sink);
            }
        }
    }

    /** Generates a day; days must be generated in order. */
    public List<GeneratedPayment> day(int day) {
        long begin = options.from().toEpochMilli() + day * DAY;
        List<GeneratedPayment> payments = later;
        for (CardHolder holder : holders) {
            holder.day(begin, payments::add);
        }
        later = new ArrayList<>(payments);
        later.removeIf(each -> each.payment().at() < begin + DAY);
        payments.removeIf(each -> each.payment().at() >= begin + DAY);
        payments.sort(Comparator.comparingLong(
                        (GeneratedPayment each) -> each.payment().at())
                .thenComparing(each -> each.payment().card()));
        payments.replaceAll(this::named);
        return payments;
    }

    /** Assigns ids in order of time, so that an id reveals nothing about fraud. */
    private GeneratedPayment named(GeneratedPayment made) {
        Payment of = made.payment();
        String id = String.format(Locale.ROOT, "p-%d-%09d", options.seed(), number++);
        return new GeneratedPayment(
                new Payment(
                        id,
                        of.card(),
                        of.at(),
                        of.amount(),
                        of.country(),
                        of.category(),
                        of.online(),
                        of.latitude(),
                        of.longitude()),
                made.isFraud(),
                made.isReported());
    }
}
