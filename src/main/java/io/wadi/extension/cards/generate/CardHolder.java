package io.wadi.extension.cards.generate;

import io.wadi.extension.cards.Payment;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** The payments of one card, honest and fraudulent, generated day by day. Days must be generated in order. */
final class CardHolder {
    private static final long MINUTE = Duration.ofMinutes(1).toMillis();
    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final List<String> KINDS = List.of(
            "grocery",
            "restaurant",
            "fuel",
            "clothing",
            "pharmacy",
            "books",
            "streaming",
            "travel",
            "electronics",
            "furniture",
            "jewellery",
            "gift-cards",
            "gaming",
            "hotel",
            "taxi",
            "toys");
    /** The categories that fraudsters prefer; honest payments also occur there. */
    private static final List<String> SOUGHT = List.of("electronics", "gift-cards", "jewellery", "gaming", "clothing");

    private static final double FRAUDS_IN_EPISODE = 5.2;
    private static final double NOT_REPORTED = 0.02;
    private static final double REPORTED_BY_MISTAKE = 0.00005;

    private final String card;
    private final SplittableRandom random;
    private final Town home;
    private final double usualLog;
    private final double spread;
    private final double paymentsPerDay;
    private final double onlineShare;
    private final double middleHour;
    private final double episodesPerDay;
    private Town where;
    private int daysAway;

    CardHolder(String card, SplittableRandom random, double fraudShare) {
        this.card = card;
        this.random = random;
        home = around(town(12), 0.1);
        where = home;
        usualLog = Math.log(22) + 0.5 * gaussian();
        spread = 0.5 + 0.4 * random.nextDouble();
        paymentsPerDay = Math.exp(Math.log(2) + 0.5 * gaussian());
        onlineShare = 0.05 + 0.5 * random.nextDouble() * random.nextDouble() * 2;
        middleHour = 14.5 + 2 * gaussian();
        episodesPerDay = fraudShare * paymentsPerDay / FRAUDS_IN_EPISODE;
    }

    /** Generates the payments of a day, in any order. */
    void day(long begin, Consumer<GeneratedPayment> sink) {
        travel();
        int many = poisson(paymentsPerDay);
        for (int i = 0; i < many; i++) {
            honest(begin + usualTime(), sink);
        }
        if (random.nextDouble() < 0.02) {
            spree(begin + usualTime(), sink);
        }
        if (random.nextDouble() < episodesPerDay) {
            episode(begin, sink);
        }
    }

    /**
     * Starts or ends a trip. A trip starts with a probability of 1 in 50 per day; a third of the trips go to any town,
     * the others stay in the home country.
     */
    private void travel() {
        if (daysAway > 0 && --daysAway == 0) {
            where = home;
        } else if (daysAway == 0 && random.nextDouble() < 0.02) {
            daysAway = 2 + random.nextInt(9);
            where = around(random.nextInt(3) == 0 ? town(Town.TOWNS.size()) : sameCountry(), 0.1);
        }
    }

    private Town sameCountry() {
        List<Town> own = Town.TOWNS.stream()
                .filter(town -> town.country().equals(home.country()))
                .toList();
        return own.get(random.nextInt(own.size()));
    }

    private void honest(long at, Consumer<GeneratedPayment> sink) {
        boolean online = random.nextDouble() < onlineShare;
        // 1 in 40 payments is large, such as for furniture or a holiday.
        double amount =
                Math.exp(usualLog + spread * gaussian()) * (random.nextInt(40) == 0 ? 3 + 12 * random.nextDouble() : 1);
        // 1 in 25 online payments is tiny, such as for a trial subscription.
        amount = online && random.nextInt(25) == 0 ? 0.5 + 3 * random.nextDouble() : amount;
        boolean isAbroad = online && random.nextInt(12) == 0;
        Town place = online ? isAbroad ? town(Town.TOWNS.size()) : home : where;
        String kind = kind(random.nextInt(20) == 0 ? KINDS.size() : 8);
        add(at, amount, place, kind, online, false, sink);
    }

    /** Generates a shopping trip: several payments in quick succession. */
    private void spree(long at, Consumer<GeneratedPayment> sink) {
        int many = 3 + random.nextInt(5);
        for (int i = 0; i < many; i++) {
            double amount = Math.exp(usualLog + 0.5 + spread * gaussian());
            add(at + (long) (i * (3 + 12 * random.nextDouble()) * MINUTE), amount, where, kind(12), false, false, sink);
        }
    }

    private void episode(long begin, Consumer<GeneratedPayment> sink) {
        double chance = random.nextDouble();
        if (chance < 0.36) {
            tested(begin, sink);
        } else if (chance < 0.64) {
            cloned(begin, sink);
        } else if (chance < 0.94) {
            stolen(begin, sink);
        } else {
            unnoticed(begin, sink);
        }
    }

    /** Generates small online payments that test a stolen number, and then large ones. */
    private void tested(long begin, Consumer<GeneratedPayment> sink) {
        long at = begin + anyTime();
        Town shop = town(Town.TOWNS.size());
        int tries = 2 + random.nextInt(3);
        for (int i = 0; i < tries; i++) {
            add(at, 0.5 + 4 * random.nextDouble(), shop, sought(), true, true, sink);
            at += (long) ((0.5 + 6 * random.nextDouble()) * MINUTE);
        }
        int uses = 2 + random.nextInt(4);
        for (int i = 0; i < uses; i++) {
            add(at, large(), shop, sought(), true, true, sink);
            at += (long) ((2 + 20 * random.nextDouble()) * MINUTE);
        }
    }

    /** Generates payments with a copy of the card in one place while its holder pays in another. */
    private void cloned(long begin, Consumer<GeneratedPayment> sink) {
        honest(begin + 10 * HOUR, sink);
        long at = begin + 10 * HOUR + (long) ((0.5 + 7 * random.nextDouble()) * HOUR);
        Town there = around(town(Town.TOWNS.size()), 0.1);
        int uses = 3 + random.nextInt(5);
        for (int i = 0; i < uses; i++) {
            add(at, large(), there, sought(), false, true, sink);
            at += (long) ((4 + 40 * random.nextDouble()) * MINUTE);
        }
    }

    /** Generates online payments with a stolen card, at unusual hours and of larger amounts than usual. */
    private void stolen(long begin, Consumer<GeneratedPayment> sink) {
        long at = begin + (long) (random.nextDouble() * 6 * HOUR);
        Town shop = random.nextInt(3) == 0 ? home : town(Town.TOWNS.size());
        int uses = 3 + random.nextInt(5);
        for (int i = 0; i < uses; i++) {
            add(at, large(), shop, sought(), true, true, sink);
            at += (long) ((3 + 50 * random.nextDouble()) * MINUTE);
        }
    }

    /** Generates one or two fraudulent payments that resemble the holder's in place, time and amount. */
    private void unnoticed(long begin, Consumer<GeneratedPayment> sink) {
        int uses = 1 + random.nextInt(2);
        for (int i = 0; i < uses; i++) {
            boolean online = random.nextDouble() < onlineShare;
            add(
                    begin + usualTime(),
                    Math.exp(usualLog + 0.3 + spread * gaussian()),
                    online ? home : where,
                    kind(8),
                    online,
                    true,
                    sink);
        }
    }

    private void add(
            long at,
            double amount,
            Town place,
            String kind,
            boolean online,
            boolean isFraud,
            Consumer<GeneratedPayment> sink) {
        Town exact = online ? new Town(place.country(), Double.NaN, Double.NaN) : around(place, 0.05);
        double cents = Math.max(1, Math.round(amount * 100));
        boolean isReported = random.nextDouble() < (isFraud ? 1 - NOT_REPORTED : REPORTED_BY_MISTAKE);
        sink.accept(new GeneratedPayment(
                new Payment(
                        "", card, at, cents / 100, exact.country(), kind, online, exact.latitude(), exact.longitude()),
                isFraud,
                isReported));
    }

    /** Returns an amount that is usually two to eight times the card's usual amount; the median is four times. */
    private double large() {
        return Math.exp(usualLog + Math.log(4) + 0.7 * gaussian());
    }

    private String kind(int ofFirst) {
        // Favors the first kinds.
        return KINDS.get((int) (ofFirst * random.nextDouble() * random.nextDouble()));
    }

    private String sought() {
        return random.nextInt(4) == 0 ? kind(KINDS.size()) : SOUGHT.get(random.nextInt(SOUGHT.size()));
    }

    private Town town(int ofFirst) {
        return Town.TOWNS.get(random.nextInt(ofFirst));
    }

    private Town around(Town place, double degrees) {
        return place.near(degrees * gaussian(), degrees * gaussian());
    }

    private long usualTime() {
        double hour = middleHour + 3.5 * gaussian();
        return (long) (((hour % 24) + 24) % 24 * HOUR);
    }

    private long anyTime() {
        return (long) (random.nextDouble() * 23 * HOUR);
    }

    private int poisson(double mean) {
        double limit = Math.exp(-mean);
        int many = 0;
        for (double product = random.nextDouble(); product > limit; product *= random.nextDouble()) {
            many++;
        }
        return many;
    }

    private double gaussian() {
        // Box-Muller, because the algorithm of SplittableRandom.nextGaussian() may differ between JDKs.
        double radius = Math.sqrt(-2 * Math.log(1 - random.nextDouble()));
        return radius * Math.cos(2 * Math.PI * random.nextDouble());
    }
}
