package io.wadi.extension.cards.generate;

import io.wadi.extension.cards.Payment;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Makes payments of a number of cards, day by day, in order of time. The same options make the same payments. What is assumed,
 * and where fraud and honest payments overlap, is written in docs/how-to/card-payments.md#payments-that-are-made-up.
 */
public final class PaymentGenerator {
    private static final long DAY = Duration.ofDays(1).toMillis();

    private final Options options;
    private final List<CardHolder> holders = new ArrayList<>();
    /** What goes on past midnight. */
    private List<GeneratedPayment> later = new ArrayList<>();

    private long number;

    /**
     * What to make.
     *
     * @param seed of all that is random
     * @param cards how many there are
     * @param from the first day
     * @param days how many
     * @param fraudShare how many of all payments are frauds, about
     */
    public record Options(long seed, int cards, Instant from, int days, double fraudShare) {}

    /** Prepares the cards. */
    public PaymentGenerator(Options options) {
        this.options = options;
        SplittableRandom seeds = new SplittableRandom(options.seed());
        for (int i = 0; i < options.cards(); i++) {
            holders.add(new CardHolder("card-%07d".formatted(i), seeds.split(), options.fraudShare()));
        }
    }

    /** Makes all days, one after another. */
    public void run(Consumer<GeneratedPayment> taker) {
        for (int day = 0; day < options.days(); day++) {
            day(day).forEach(taker);
        }
    }

    /** Makes a day, which has to be the one after the last that was made. */
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

    /** Names are given in order of time, so that they tell nothing. */
    private GeneratedPayment named(GeneratedPayment made) {
        Payment of = made.payment();
        String id = "p-%d-%09d".formatted(options.seed(), number++);
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
