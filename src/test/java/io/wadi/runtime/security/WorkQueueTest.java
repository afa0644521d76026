package io.wadi.runtime.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkQueueTest {
    private static final int SOON_SECONDS = 120;

    private final Vertx vertx = Vertx.vertx();
    private final Context loop = vertx.getOrCreateContext();
    private final WorkQueue queue = new WorkQueue("queue", 1, 4);
    private final CountDownLatch go = new CountDownLatch(1);
    private final List<String> order = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void close() throws Exception {
        await(vertx.close());
    }

    private static InetAddress network(int number) throws UnknownHostException {
        return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) number});
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(SOON_SECONDS, TimeUnit.SECONDS);
    }

    private Future<String> submit(int network, String name) throws UnknownHostException {
        return queue.submit(loop, network(network), () -> {
            go.await();
            order.add(name);
            return name;
        });
    }

    @Test
    void networks_areServedRoundRobin_andTheLargestLosesItsNewestTask() throws Exception {
        List<Future<String>> hostile = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            hostile.add(submit(1, "hostile-" + i));
        }
        Future<String> first = submit(2, "first");
        Future<String> second = submit(3, "second");
        go.countDown();

        assertThat(await(first)).isEqualTo("first");
        assertThat(await(second)).isEqualTo("second");
        for (int i = 0; i < 3; i++) {
            assertThat(await(hostile.get(i))).isEqualTo("hostile-" + i);
        }
        for (int i = 3; i < 6; i++) {
            Future<String> rejected = hostile.get(i);
            assertThatThrownBy(() -> await(rejected))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(WorkQueue.FullException.class);
        }
        assertThat(order).containsExactly("hostile-0", "hostile-1", "first", "second", "hostile-2");
    }

    @Test
    void newNetwork_isRejected_ifEachNetworkHasOneTask() throws Exception {
        for (int i = 1; i <= 5; i++) {
            submit(i, "network-" + i);
        }
        Future<String> rejected = submit(6, "late");

        assertThatThrownBy(() -> await(rejected)).hasCauseInstanceOf(WorkQueue.FullException.class);
        go.countDown();
    }

    @Test
    void canceledWork_leavesTheQueue_unlessItHasStarted() throws Exception {
        Future<String> running = submit(1, "running");
        List<Future<String>> waiting = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            waiting.add(submit(i % 2, "waiting-" + i));
        }
        queue.cancel(network(1), running);
        for (int i = 1; i < 4; i++) {
            Future<String> canceled = waiting.get(i);
            queue.cancel(network(i % 2), canceled);
            queue.cancel(network(i % 2), canceled);
            assertThatThrownBy(() -> await(canceled)).hasCauseInstanceOf(WorkQueue.FullException.class);
        }
        List<Future<String>> later = List.of(submit(1, "later-1"), submit(1, "later-2"), submit(1, "later-3"));
        go.countDown();

        assertThat(await(running)).isEqualTo("running");
        assertThat(await(waiting.get(0))).isEqualTo("waiting-0");
        for (Future<String> each : later) {
            assertThat(await(each)).startsWith("later");
        }
    }

    @Test
    void work_runsOffTheEventLoop_andItsExceptionFailsTheFuture() throws Exception {
        assertThat(await(queue.submit(loop, network(1), Context::isOnEventLoopThread)))
                .isFalse();
        Future<String> failed = queue.submit(loop, network(1), () -> {
            throw new IllegalStateException("broken");
        });
        assertThatThrownBy(() -> await(failed)).hasRootCauseMessage("broken");
        assertThat(await(queue.submit(loop, network(1), () -> "goes on"))).isEqualTo("goes on");
    }
}
