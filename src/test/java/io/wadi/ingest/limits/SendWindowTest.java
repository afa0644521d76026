package io.wadi.ingest.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SendWindowTest {
    private final List<Long> reserved = new ArrayList<>();
    private boolean isRoom = true;
    private long returned;

    @Test
    void singleEvent_mayAlwaysBeSent() {
        SendWindow window = window(0, 0);

        assertThat(window.isOpen()).isTrue();
        window.sent(1000);
        assertThat(window.isOpen()).isFalse();
        window.answered(1000);
        assertThat(window.isOpen()).isTrue();
    }

    @Test
    void memory_isReservedInSteps_upToTheLimit() {
        SendWindow window = window(100, 100 + SendWindow.STEP + 7);

        window.sent(100);
        assertThat(window.isOpen()).isTrue();
        window.sent(SendWindow.STEP);
        assertThat(window.isOpen()).isTrue();
        window.sent(7);
        assertThat(window.isOpen()).isFalse();

        assertThat(reserved).containsExactly(SendWindow.STEP, 7L);
        window.answered(100 + SendWindow.STEP);
        assertThat(returned).isZero();
        window.answered(7);
        assertThat(returned).as("with nothing on its way").isEqualTo(SendWindow.STEP + 7);
    }

    @Test
    void window_withoutMoreMemory_isClosedUntilEnoughIsAcknowledged() {
        SendWindow window = window(100, 1000);
        isRoom = false;

        window.sent(120);
        assertThat(window.isOpen()).isFalse();
        window.answered(20);
        assertThat(window.isOpen()).isFalse();
        window.answered(1);
        assertThat(window.isOpen()).isTrue();
    }

    private SendWindow window(long room, long most) {
        return new SendWindow(room, most, new Lease() {
            @Override
            public boolean grow(long bytes) {
                reserved.add(bytes);
                return isRoom;
            }

            @Override
            public void shrink(long bytes) {
                returned += bytes;
            }
        });
    }
}
