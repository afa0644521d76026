package io.wadi.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.ingest.event.Lease;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WindowTest {
    private final List<Long> asked = new ArrayList<>();
    private boolean isRoom = true;
    private long returned;

    @Test
    void event_thatIsAlone_mayAlwaysBeSent() {
        Window window = window(0, 0);

        assertThat(window.isOpen()).isTrue();
        window.sent(1000);
        assertThat(window.isOpen()).isFalse();
        window.answered(1000);
        assertThat(window.isOpen()).isTrue();
    }

    @Test
    void room_isAskedForInSteps_upToTheLimit() {
        Window window = window(100, 100 + Window.STEP + 7);

        window.sent(100);
        assertThat(window.isOpen()).isTrue();
        window.sent(Window.STEP);
        assertThat(window.isOpen()).isTrue();
        window.sent(7);
        assertThat(window.isOpen()).isFalse();

        assertThat(asked).containsExactly(Window.STEP, 7L);
        window.answered(100 + Window.STEP);
        assertThat(returned).isZero();
        window.answered(7);
        assertThat(returned).as("with nothing on its way").isEqualTo(Window.STEP + 7);
    }

    @Test
    void withoutMoreRoom_itIsClosedUntilEnoughIsAnswered() {
        Window window = window(100, 1000);
        isRoom = false;

        window.sent(120);
        assertThat(window.isOpen()).isFalse();
        window.answered(20);
        assertThat(window.isOpen()).isFalse();
        window.answered(1);
        assertThat(window.isOpen()).isTrue();
    }

    private Window window(long room, long most) {
        return new Window(room, most, new Lease() {
            @Override
            public boolean grow(long bytes) {
                asked.add(bytes);
                return isRoom;
            }

            @Override
            public void shrink(long bytes) {
                returned += bytes;
            }
        });
    }
}
