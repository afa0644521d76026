package io.wadi.metrics.notification;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NotifiedAlertsTest {
    private static final long RESEND = 60_000;

    private final NotifiedAlerts sent = new NotifiedAlerts(RESEND, 3);

    private static long made;

    /** Returns an alert that differs from all others. */
    private static KnownAlert alert(String key) {
        return new KnownAlert(key, 1, 0, ++made, "");
    }

    private static List<KnownAlert> alerts(int count) {
        return IntStream.range(0, count).mapToObj(i -> alert("a" + i)).toList();
    }

    @Test
    void alerts_areSentInRequestsOfMaximumSize_andResentInTheNextInterval() {
        List<KnownAlert> known = alerts(5);
        assertThat(sendAll(known, 100)).containsExactly(known.subList(0, 3), known.subList(3, 5));
        assertThat(next(known, RESEND - 1)).isEmpty();
        assertThat(sendAll(known, RESEND)).containsExactly(known.subList(0, 3), known.subList(3, 5));
        assertThat(next(known, RESEND + 1)).isEmpty();
    }

    /** Returns the alerts of the first request of a new plan. */
    private List<KnownAlert> next(List<KnownAlert> known, long now) {
        sent.plan(known, now);
        return sent.next();
    }

    private List<List<KnownAlert>> sendAll(List<KnownAlert> known, long now) {
        List<List<KnownAlert>> requests = new ArrayList<>();
        for (List<KnownAlert> next = next(known, now); !next.isEmpty(); next = next(known, now)) {
            requests.add(List.copyOf(next));
            sent.accepted(next, now);
        }
        return requests;
    }

    @Test
    void plan_containsTheAlertsKnownAtItsCreation_andIsDroppedByAFailure() {
        List<KnownAlert> known = alerts(7);
        sent.plan(known, 0);
        assertThat(sent.next()).isEqualTo(known.subList(0, 3));
        List<KnownAlert> second = sent.next();
        assertThat(second).isEqualTo(known.subList(3, 6));
        assertThat(sent.isPlanDone()).isFalse();

        sent.failed(second);

        assertThat(sent.isPlanDone()).isTrue();
        assertThat(sent.next()).isEmpty();
    }

    @Test
    void changes_areSentAtOnce_beforeAlertsDueForResending() {
        List<KnownAlert> known = new ArrayList<>(alerts(2));
        sendAll(known, 0);
        known.set(1, alert("a1"));
        known.add(alert("new"));

        assertThat(next(known, 10)).containsExactly(known.get(1), known.get(2));
        assertThat(sent.unsent()).isEqualTo(2);
        assertThat(next(known, RESEND)).containsExactly(known.get(1), known.get(2), known.get(0));
    }

    @Test
    void failedAlerts_areRetriedWithTheirNewestState() {
        List<KnownAlert> failed = next(alerts(2), 0);
        sent.failed(failed);
        List<KnownAlert> newer = alerts(2);

        assertThat(sendAll(newer, 5)).containsExactly(newer.subList(0, 1), newer.subList(1, 2));
    }

    @Test
    void failedRequests_areHalved_sentAfterOtherAlerts_andGrowAgainOnceAccepted() {
        List<KnownAlert> known = alerts(8);
        sent.failed(next(known, 0));

        assertThat(next(known, 0)).containsExactly(known.get(3));
        sent.accepted(known.subList(3, 4), 0);
        assertThat(next(known, 0)).isEqualTo(known.subList(4, 6));
        sent.accepted(known.subList(4, 6), 0);
        assertThat(next(known, 0)).containsExactly(known.get(6), known.get(7), known.get(0));
        sent.failed(next(known, 0));
        assertThat(next(known, 0)).as("the oldest failure first").containsExactly(known.get(1));
        assertThat(sent.unsent()).isEqualTo(5);
    }

    /** As with a proxy that rejects each request with certain alerts by 403 or 502. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void alertsForWhichEveryRequestFails_doNotDelayOthers(int failing) {
        List<KnownAlert> known = new ArrayList<>(alerts(40));
        Map<String, KnownAlert> alertmanager = new HashMap<>();
        deliverExcept(failing, known, alertmanager, 5 * known.size());
        assertThat(alertmanager).hasSize(known.size() - failing);
        known.add(alert("late"));

        deliverExcept(failing, known, alertmanager, 1);

        assertThat(alertmanager).containsKey("late");
        deliverExcept(0, known, alertmanager, 2 * known.size());
        assertThat(alertmanager).hasSameSizeAs(known);
    }

    @Test
    void isolatedAlertForWhichEveryRequestFails_doesNotDelayOtherIsolatedOnes() {
        List<KnownAlert> known = alerts(3);
        sent.rejected(next(known, 0), 0);

        assertThat(next(known, 0)).containsExactly(known.get(0));
        sent.failed(known.subList(0, 1));
        assertThat(next(known, 0)).containsExactly(known.get(1));
        sent.accepted(known.subList(1, 2), 0);
        assertThat(next(known, 0)).containsExactly(known.get(2));
        sent.accepted(known.subList(2, 3), 0);
        assertThat(next(known, 0)).containsExactly(known.get(0));
    }

    private void deliverExcept(
            int failing, List<KnownAlert> known, Map<String, KnownAlert> alertmanager, int maxRequests) {
        for (int request = 0; request < maxRequests; request++) {
            List<KnownAlert> next = next(known, 0);
            if (next.stream().anyMatch(known.subList(0, failing)::contains)) {
                sent.failed(next);
            } else {
                next.forEach(alert -> alertmanager.put(alert.key(), alert));
                sent.accepted(next, 0);
            }
        }
    }

    @Test
    void rejectedAlerts_areSentOneByOneAfterOthers_andInvalidOnesOncePerInterval() {
        List<KnownAlert> known = alerts(4);
        sent.rejected(next(known, 0), 0);

        List<KnownAlert> other = next(known, 0);
        assertThat(other).containsExactly(known.get(3));
        sent.accepted(other, 0);
        assertThat(next(known, 0)).containsExactly(known.get(0));
        sent.accepted(next(known, 0), 0);
        assertThat(next(known, 0)).containsExactly(known.get(1));
        sent.rejected(next(known, 0), 0);
        assertThat(next(known, 0)).containsExactly(known.get(2));
        sent.accepted(next(known, 0), 0);
        assertThat(next(known, RESEND - 1)).isEmpty();

        assertThat(next(known, RESEND)).containsExactly(known.get(0), known.get(2), known.get(3));
        sent.accepted(next(known, RESEND), RESEND);
        assertThat(next(known, RESEND)).containsExactly(known.get(1));
    }

    @Test
    void changedRejectedAlert_isRetriedAtOnce_andBatchedAgainOnceAccepted() {
        List<KnownAlert> known = new ArrayList<>(alerts(1));
        sent.rejected(next(known, 0), 0);
        assertThat(next(known, 1)).isEmpty();
        known.set(0, alert("a0"));
        known.add(alert("a1"));

        sent.accepted(next(known, 2), 2);
        assertThat(next(known, 2)).containsExactly(known.get(0));
        sent.accepted(next(known, 2), 2);

        assertThat(next(known, RESEND)).isEqualTo(known);
    }

    @Test
    void removedAlert_isNotTracked_andSentAgainWhenItReappears() {
        List<KnownAlert> known = alerts(2);
        sendAll(known, 0);
        assertThat(next(known.subList(0, 1), 1)).isEmpty();

        assertThat(next(known, 2)).containsExactly(known.get(1));
    }

    /**
     * After any order of changes and failures, an Alertmanager that accepts requests again gets every current alert.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void anyOrderOfChangesAndFailures_endsWithAllAlertsSent(long seed) {
        Random random = new Random(seed);
        Map<String, KnownAlert> board = new HashMap<>();
        Map<String, KnownAlert> alertmanager = new HashMap<>();
        long now = 0;
        for (int step = 0; step < 500; step++) {
            now += random.nextInt(5_000);
            String key = "a" + random.nextInt(8);
            if (random.nextInt(4) == 0) {
                board.remove(key);
            } else {
                board.put(key, alert(key));
            }
            deliver(board, alertmanager, now, random.nextInt(3));
        }
        for (int step = 0; step < 30; step++) {
            deliver(board, alertmanager, now, 0);
        }

        assertThat(next(List.copyOf(board.values()), now)).isEmpty();
        board.forEach((key, alert) ->
                assertThat(alertmanager.get(key)).as("seed %d, %s", seed, key).isSameAs(alert));
    }

    private void deliver(Map<String, KnownAlert> board, Map<String, KnownAlert> alertmanager, long now, int outcome) {
        List<KnownAlert> next = List.copyOf(next(List.copyOf(board.values()), now));
        if (next.isEmpty()) {
            return;
        }
        if (outcome == 1) {
            sent.failed(next);
        } else if (outcome == 2 && next.size() > 1) {
            sent.rejected(next, now);
        } else {
            next.forEach(alert -> alertmanager.put(alert.key(), alert));
            sent.accepted(next, now);
        }
    }
}
