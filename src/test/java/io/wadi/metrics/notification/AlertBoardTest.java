package io.wadi.metrics.notification;

import static io.wadi.metrics.notification.AlertRecords.change;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.metrics.alerts.Alert.State;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AlertBoardTest {
    private static final long T = Instant.parse("2026-11-20T10:00:00Z").toEpochMilli();
    private static final long MINUTE = 60_000;

    private final AlertBoard board = new AlertBoard(10_000);

    private KnownAlert only() {
        assertThat(board.alerts()).hasSize(1);
        return board.alerts().get(0);
    }

    @ParameterizedTest
    @EnumSource(value = State.class, names = "FIRING", mode = EnumSource.Mode.EXCLUDE)
    void firingAlert_isResolvedByAnyLaterState_withItsLabels(State next) {
        board.take("a", change("web-01", State.FIRING, T, T + MINUTE), T + MINUTE);
        String fields = only().fields();

        board.take("a", change("another", next, T, T + 2 * MINUTE), T + 2 * MINUTE + 5);

        assertThat(only()).isEqualTo(new KnownAlert("a", T + MINUTE, T + 2 * MINUTE, T + 2 * MINUTE + 5, fields));
    }

    @Test
    void firingAlert_isResolvedByATombstone() {
        board.take("a", change("web-01", State.FIRING, T, T + MINUTE), T + MINUTE);

        board.take("a", null, T + 3 * MINUTE);

        assertThat(only().endedAt()).isEqualTo(T + 3 * MINUTE);
        assertThat(board.firing()).isZero();
    }

    @Test
    void onlyFiringAndResolvedAlerts_areKept() {
        board.take("a", change("web-01", State.PENDING, T, T), T);
        board.take("b", change("web-02", State.INACTIVE, T, T), T);
        board.take("c", null, T);
        assertThat(board.alerts()).isEmpty();

        board.take("d", change("web-03", State.RESOLVED, T, T + MINUTE), T + MINUTE);

        assertThat(only().startsAt()).isEqualTo(T);
        assertThat(only().endedAt()).isEqualTo(T + MINUTE);
    }

    @Test
    void resolvedAlert_staysResolved_whilePendingAgain() {
        board.take("a", change("web-01", State.FIRING, T, T), T);
        board.take("a", change("web-01", State.RESOLVED, T, T + MINUTE), T + MINUTE);
        board.take("a", change("web-01", State.PENDING, T + 2 * MINUTE, T + 2 * MINUTE), T + 2 * MINUTE);
        assertThat(only().endedAt()).isEqualTo(T + MINUTE);

        board.take("a", change("web-01", State.FIRING, T + 2 * MINUTE, T + 3 * MINUTE), T + 3 * MINUTE);

        assertThat(only().isFiring()).isTrue();
        assertThat(only().startsAt()).isEqualTo(T + 3 * MINUTE);
    }

    @Test
    void resolvedAlert_isRemovedAfter15Minutes_andFiringOnesNever() {
        board.take("a", change("web-01", State.FIRING, T, T), T);
        board.take("b", change("web-02", State.RESOLVED, T, T), T + MINUTE);

        board.removeExpired(T + 16 * MINUTE);
        assertThat(board.alerts()).hasSize(2);
        board.removeExpired(T + 16 * MINUTE + 1);

        assertThat(only().key()).isEqualTo("a");
    }

    @Test
    void replaceWith_copiesTheOtherBoard_andChangesTheVersion() {
        board.take("a", change("web-01", State.FIRING, T, T), T);
        AlertBoard other = new AlertBoard(10_000);
        other.take("b", change("web-02", State.FIRING, T, T), T);
        long seen = board.version();

        board.replaceWith(other);

        assertThat(only().key()).isEqualTo("b");
        assertThat(board.version()).isNotEqualTo(seen);
    }

    /** Any producer may write to the topic. */
    @Test
    void fullBoard_takesNoFurtherAlert_untilOthersHaveExpired() {
        int kept = 0;
        while (board.take("a" + kept, change("web", State.FIRING, T, T), T)) {
            kept++;
        }
        assertThat(kept).isBetween(20, 30);
        assertThat(board.alerts()).hasSize(kept);
        assertThat(board.take("b", change("web", State.RESOLVED, T, T), T)).isFalse();
        assertThat(board.take("a0", change("web".repeat(1000), State.FIRING, T, T), T))
                .isFalse();
        assertThat(board.take("a0", change("web", State.FIRING, T, T + MINUTE), T))
                .isTrue();
        assertThat(board.take("a1", null, T)).isTrue();

        board.removeExpired(T + 16 * MINUTE);

        assertThat(board.take("b", change("web", State.FIRING, T, T), T)).isTrue();
        assertThat(board.alerts()).hasSize(kept);
        AlertBoard other = new AlertBoard(10_000);
        other.replaceWith(board);
        assertThat(other.take("c", change("web".repeat(100), State.FIRING, T, T), T))
                .isFalse();
    }

    @Test
    void body_containsTheEndTimeOfAlerts() throws IOException {
        long now = T + 10 * MINUTE;
        board.take("a", change("web-01", State.FIRING, T, T + MINUTE), now);
        board.take("ahead", change("web-02", State.FIRING, now + MINUTE, now + 2 * MINUTE), now);
        board.take("over", change("web-03", State.RESOLVED, T, T + 3 * MINUTE), now);
        board.take("over-ahead", change("web-04", State.RESOLVED, now + MINUTE, now + 2 * MINUTE), now);

        List<KnownAlert> alerts = board.alerts();
        JsonNode body = new ObjectMapper().readTree(KnownAlert.body(alerts, now, MINUTE));

        assertThat(body.findValuesAsText("startsAt"))
                .containsExactly(
                        "2026-11-20T10:01:00Z", "2026-11-20T10:12:00Z", "2026-11-20T10:00:00Z", "2026-11-20T10:10:00Z");
        assertThat(body.findValuesAsText("endsAt"))
                .containsExactly(
                        "2026-11-20T10:14:00Z", "2026-11-20T10:16:00Z", "2026-11-20T10:03:00Z", "2026-11-20T10:10:00Z");
        assertThat(body.at("/3/labels/host").asText()).isEqualTo("web-04");
    }

    /** Alertmanager identifies alerts by their labels: the alert with the former labels would keep firing. */
    @Test
    void alertThatFiresWithOtherLabels_resolvesTheOneWithTheFormerLabels_untilItFiresAgain() {
        board.take("a", change("web-01", State.FIRING, T, T), T);
        board.take("a", change("web-01", State.RESOLVED, T, T + MINUTE), T + MINUTE);

        board.take("a", change("web-02", State.FIRING, T + MINUTE, T + MINUTE), T + MINUTE);
        board.take("a", change("web-03", State.FIRING, T + 2 * MINUTE, T + 2 * MINUTE), T + 2 * MINUTE);

        assertThat(board.alerts())
                .extracting(each -> each.fields().replaceFirst(".*\"host\":\"(web-..)\".*", "$1"), KnownAlert::endedAt)
                .containsExactlyInAnyOrder(
                        tuple("web-01", T + MINUTE), tuple("web-02", T + 2 * MINUTE), tuple("web-03", 0L));
        assertThat(board.alerts()).extracting(KnownAlert::key).doesNotHaveDuplicates();

        board.take("a", change("web-01", State.FIRING, T + 3 * MINUTE, T + 3 * MINUTE), T + 3 * MINUTE);

        assertThat(board.alerts())
                .extracting(each -> each.fields().replaceFirst(".*\"host\":\"(web-..)\".*", "$1"), KnownAlert::endedAt)
                .containsExactlyInAnyOrder(
                        tuple("web-01", 0L), tuple("web-02", T + 2 * MINUTE), tuple("web-03", T + 3 * MINUTE));
    }
}
