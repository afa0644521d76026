package io.wadi.management.workers;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

final class WorkerPoolTest {
    private final WorkerPool pool = new WorkerPool("test", new WorkerPool.Limits(2, 1, 64, 16));

    /** Returns the number of admitted requests out of 64 of a network. */
    private int admitted(int network) {
        InetAddress address = NetUtil.createInetAddressFromIpAddressString("192.0.2." + network);
        int admitted = 0;
        for (int i = 0; i < 64; i++) {
            admitted += pool.tryAdmit(address).isPresent() ? 1 : 0;
        }
        return admitted;
    }

    @Test
    void networksWithTheirWholeShares_leavePlacesForOthers() {
        assertThat(admitted(1)).isEqualTo(16);
        assertThat(admitted(2)).isEqualTo(16);
        assertThat(admitted(3)).isEqualTo(16);
        assertThat(admitted(4)).isEqualTo(11);
        assertThat(admitted(5)).isEqualTo(4);
    }
}
