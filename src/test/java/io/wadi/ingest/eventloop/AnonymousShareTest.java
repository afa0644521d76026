package io.wadi.ingest.eventloop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AnonymousShareTest {
    private double load;
    private final AnonymousShare anonymous = new AnonymousShare(() -> load);

    private void update(int times) {
        for (int i = 0; i < times; i++) {
            anonymous.update();
        }
    }

    @Test
    void share_isReducedToAMinimum_whileProcessorsAreBusyAndAClientWithAKeyIsConnected() {
        anonymous.addClientsWithKey(1);
        load = 0.9;
        update(1);
        assertThat(anonymous.share()).isLessThan(0.8);
        update(20);
        assertThat(anonymous.share()).isEqualTo(AnonymousShare.MIN);
    }

    @Test
    void share_isTheWholeTime_withoutClientsWithAKey() {
        load = 1;
        update(10);
        assertThat(anonymous.share()).isOne();
        assertThat(anonymous.isLimited()).isFalse();
    }

    @Test
    void share_growsBackSlowly_onceProcessorsAreIdleOrTheLastClientWithAKeyHasLeft() {
        anonymous.addClientsWithKey(1);
        load = 1;
        update(20);
        load = 0.5;
        update(10);
        assertThat(anonymous.share()).isBetween(0.2, 0.3);

        load = 1;
        anonymous.addClientsWithKey(-1);
        update(50);
        assertThat(anonymous.share()).isOne();
    }

    @Test
    void unknownLoad_doesNotReduceTheShare() {
        anonymous.addClientsWithKey(1);
        load = Double.NaN;
        update(10);
        load = -1;
        update(10);
        assertThat(anonymous.share()).isOne();
    }
}
