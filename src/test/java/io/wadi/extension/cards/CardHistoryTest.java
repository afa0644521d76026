package io.wadi.extension.cards;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.wadi.extension.cards.generate.GeneratedPayment;
import io.wadi.extension.cards.generate.PaymentGenerator;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CardHistoryTest {
    private static final long BEGIN = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli();
    private static final long MINUTE = 60_000;

    private final CardHistory card = new CardHistory();

    private static Payment payment(long at, double amount, String country, boolean online, double lat, double lon) {
        return new Payment("p", "c", at, amount, country, "grocery", online, lat, lon);
    }

    private static Payment berlin(long minutes, double amount) {
        return payment(BEGIN + minutes * MINUTE, amount, "DE", false, 52.52, 13.40);
    }

    /**
     * The stream serializes the history between payments and training keeps the object; both must have the same
     * features, also for late payments.
     */
    @Test
    void features_areEqual_inTrainingAndInTheStream() {
        List<Payment> payments = new ArrayList<>();
        new PaymentGenerator(new PaymentGenerator.Options(3, 200, Instant.ofEpochMilli(BEGIN), 0.02))
                .run(0, 40, made -> payments.add(made.payment()));
        Random random = new Random(1);
        for (int i = 0; i < payments.size() / 50; i++) {
            int at = random.nextInt(payments.size() - 400);
            Collections.swap(payments, at, at + random.nextInt(400));
        }
        Map<String, CardHistory> training = new HashMap<>();
        Map<String, byte[]> stream = new HashMap<>();
        for (Payment each : payments) {
            CardHistory kept = stream.containsKey(each.card())
                    ? CardHistory.fromBytes(stream.get(each.card()))
                    : new CardHistory();
            double[] ofStream = kept.take(each);
            stream.put(each.card(), kept.toBytes());

            double[] ofTraining = training.computeIfAbsent(each.card(), name -> new CardHistory())
                    .take(each);

            assertThat(ofStream).isEqualTo(ofTraining);
            assertThat(CardHistory.lastAt(stream.get(each.card())))
                    .isEqualTo(CardHistory.lastAt(training.get(each.card()).toBytes()));
        }
        assertThat(payments).hasSizeGreaterThan(10_000);
        assertThat(stream.values()).allSatisfy(bytes -> assertThat(bytes.length).isLessThan(400));
    }

    @Test
    void paymentsReadFromJson_equalTheGeneratedOnes() throws Exception {
        List<GeneratedPayment> made = new ArrayList<>();
        new PaymentGenerator(new PaymentGenerator.Options(3, 50, Instant.ofEpochMilli(BEGIN), 0.02))
                .run(0, 5, made::add);
        PaymentReader reader = new PaymentReader();
        for (GeneratedPayment each : made) {
            Payment read = reader.read(each.json().getBytes(UTF_8));

            assertThat(read.at()).isEqualTo(each.payment().at());
            assertThat(read.amount()).isEqualTo(each.payment().amount());
            assertThat(read.isLocated()).isEqualTo(each.payment().isLocated());
            assertThat(read.category()).isEqualTo(each.payment().category());
        }
    }

    @Test
    void windows_countThePaymentAndEarlierOnes() {
        card.take(berlin(0, 10));
        card.take(berlin(30, 2));
        card.take(berlin(59, 10));
        double[] features = card.take(berlin(60, 10));

        assertThat(Feature.PAYMENTS_10M.of(features)).isEqualTo(2);
        assertThat(Feature.PAYMENTS_1H.of(features)).isEqualTo(3);
        assertThat(Feature.PAYMENTS_1D.of(features)).isEqualTo(4);
        assertThat(Feature.SMALL_1H.of(features)).isEqualTo(1);
        assertThat(Feature.MINUTES_SINCE.of(features)).isEqualTo(1);
        assertThat(Feature.KNOWN.of(features)).isEqualTo(3);
        assertThat(Feature.PAYMENTS_1D.of(card.take(berlin(24 * 60 + 30, 1)))).isEqualTo(3);
    }

    @Test
    void latePayment_countsInItsWindow_andDoesNotResetTheLastLocation() {
        card.take(berlin(0, 10));
        card.take(payment(BEGIN + 600 * MINUTE, 10, "KR", false, 37.57, 126.98));
        double[] late = card.take(berlin(5, 10));

        assertThat(Feature.PAYMENTS_10M.of(late)).isEqualTo(2);
        assertThat(CardHistory.lastAt(card.toBytes())).isEqualTo(BEGIN + 600 * MINUTE);
        double[] next = card.take(payment(BEGIN + 610 * MINUTE, 10, "KR", false, 37.57, 126.98));
        assertThat(Feature.DISTANCE_KM.of(next)).isCloseTo(0, within(1.0));
    }

    /** It is more than a day late, or the card's history is full of later payments. */
    @ParameterizedTest
    @CsvSource({"1, 2000", "32, 10"})
    void paymentOlderThanTheStoredOnes_countsItself(int later, long minute) {
        for (int i = 0; i < later; i++) {
            card.take(berlin(minute, 2));
        }
        double[] late = card.take(berlin(0, 4));

        assertThat(Feature.PAYMENTS_10M.of(late)).isEqualTo(1);
        assertThat(Feature.PAYMENTS_1H.of(late)).isEqualTo(1);
        assertThat(Feature.PAYMENTS_1D.of(late)).isEqualTo(1);
        assertThat(Feature.SMALL_1H.of(late)).isEqualTo(1);
        assertThat(Feature.SPENT_1H.of(late)).isCloseTo(2, within(1e-6));
        assertThat(Feature.SPENT_1D.of(late)).isCloseTo(2, within(1e-6));
    }

    @Test
    void speed_isMeasuredFromTheLastLocation_andZeroForOnlinePayments() {
        card.take(berlin(0, 10));
        double[] online = card.take(payment(BEGIN + 30 * MINUTE, 10, "KR", true, Double.NaN, Double.NaN));
        double[] seoul = card.take(payment(BEGIN + 60 * MINUTE, 10, "KR", false, 37.57, 126.98));

        assertThat(Feature.DISTANCE_KM.of(online)).isZero();
        assertThat(Feature.DISTANCE_KM.of(seoul)).isCloseTo(8130, within(30.0));
        assertThat(Feature.SPEED_KMH.of(seoul)).isCloseTo(8130, within(30.0));
        assertThat(Feature.ABROAD.of(online)).isEqualTo(1);
        assertThat(Feature.COUNTRY_NEW.of(online)).isEqualTo(1);
        assertThat(Feature.COUNTRY_NEW.of(seoul)).isZero();
    }

    @Test
    void rules_applyStrictlyAboveTheirLimits() {
        Rule.Limits rules = new Rule.Limits(EnumSet.allOf(Rule.class), 100, 3, 1000);
        for (int i = 0; i < 10; i++) {
            assertThat(rules.brokenBy(card.take(berlin(i * 60L, 100)))).isEmpty();
        }

        assertThat(rules.brokenBy(card.take(berlin(601, 100.01)))).containsExactly(Rule.AMOUNT);
        card.take(berlin(602, 1));
        card.take(berlin(603, 1));
        assertThat(rules.brokenBy(card.take(payment(BEGIN + 604 * MINUTE, 1, "KR", false, 37.57, 126.98))))
                .containsExactly(Rule.VELOCITY, Rule.DISTANCE, Rule.ABROAD);
    }

    /** A history has the last 32 payments and speeds up to 20,000 km/h: a rule with such a limit would never apply. */
    @Test
    void rules_applyAboveTheirLargestLimits() {
        Rule.Limits largest = new Rule.Limits(EnumSet.of(Rule.VELOCITY, Rule.DISTANCE), 1, 31, 19_999);
        assertThat(CardsSettings.MAX_PAYMENTS.allowed()).contains("1 to 31");
        assertThat(CardsSettings.MAX_SPEED.allowed()).contains("50.0 to 19999.0");
        for (int i = 0; i < 31; i++) {
            assertThat(largest.brokenBy(card.take(berlin(0, 10)))).isEmpty();
        }

        assertThat(largest.brokenBy(card.take(payment(BEGIN, 10, "KR", false, 37.57, 126.98))))
                .containsExactly(Rule.VELOCITY, Rule.DISTANCE);
    }

    /** As histories have them that were stored when such amounts were valid. */
    @Test
    void featuresBehindAnExtremeAmount_areFinite() {
        card.take(berlin(0, 1e-310));

        assertThat(Arrays.stream(card.take(berlin(1, 100)))).allMatch(Double::isFinite);
    }

    @Test
    void invalidBytes_areRejected() {
        byte[] stored = card.toBytes();

        assertThatThrownBy(() -> CardHistory.fromBytes(new byte[] {9})).hasMessage("found version 9, expected 1");
        assertThatThrownBy(() -> CardHistory.fromBytes(Arrays.copyOf(stored, 20)))
                .hasMessage("truncated after 20 bytes");
    }
}
