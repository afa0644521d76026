package io.wadi.management.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReadRequestsTest {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch go = new CountDownLatch(1);
    private final AtomicInteger reading = new AtomicInteger();
    private final ReadRequests requests = new ReadRequests(2, 1 << 20);

    @AfterEach
    void close() {
        go.countDown();
        threads.shutdownNow();
    }

    private Future<Boolean> read() {
        return read(null);
    }

    private Future<Boolean> read(InetAddress network) {
        return threads.submit(() -> requests.read(network, () -> {
            reading.incrementAndGet();
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return true;
        }));
    }

    @Test
    void waitingRequestsAreLimited_andFurtherOnesAreRejectedAtOnce() throws Exception {
        Future<Boolean> first = read();
        read();
        await().until(() -> reading.get() == 2);
        read();
        read();
        await().until(() -> requests.waiting() == 2);

        assertThatThrownBy(() -> requests.read(() -> true)).isInstanceOf(PageResponses.BusyException.class);
        assertThat(requests.waiting()).isEqualTo(2);
        go.countDown();
        assertThat(first.get()).isTrue();
    }

    @Test
    void requestsOfOneNetwork_leaveAPlaceToOthers() throws Exception {
        InetAddress network = InetAddress.getByAddress(new byte[] {10, 0, 0, 1});
        read(network);
        read(network);
        await().until(() -> reading.get() == 2);
        read(network);
        await().until(() -> requests.waiting() == 1);

        assertThatThrownBy(() -> requests.read(network, () -> true)).isInstanceOf(PageResponses.BusyException.class);
        Future<Boolean> other = read(InetAddress.getByAddress(new byte[] {10, 0, 1, 1}));
        await().until(() -> requests.waiting() == 2);
        go.countDown();
        assertThat(other.get()).isTrue();
    }

    @Test
    void requestsAtTheSameTime_doNotExceedTheLimit() throws Exception {
        int count = 200;
        read();
        read();
        await().until(() -> reading.get() == 2);
        CyclicBarrier begin = new CyclicBarrier(count);
        AtomicInteger rejected = new AtomicInteger();
        for (int i = 0; i < count; i++) {
            threads.submit(() -> {
                begin.await();
                try {
                    return requests.read(() -> true);
                } catch (PageResponses.BusyException e) {
                    rejected.incrementAndGet();
                    throw e;
                }
            });
        }

        await().until(() -> rejected.get() + requests.waiting() == count);
        assertThat(requests.waiting()).isEqualTo(2);
    }
}
