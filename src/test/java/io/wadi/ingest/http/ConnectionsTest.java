package io.wadi.ingest.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.AsyncCallback;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Clients that keep connections open without requests, send too slowly, or send ahead without reading responses. */
@Execution(ExecutionMode.CONCURRENT)
class ConnectionsTest {
    /** Longer than any pause of a client before its next bytes on a busy machine. */
    private static final Duration IDLE = Duration.ofSeconds(5);

    private static final Duration LONG_IDLE = Duration.ofSeconds(10);
    private static final String GET = "GET /held HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final String LAST_GET = "GET /held HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    private final BlockingQueue<AsyncCallback> held = new LinkedBlockingQueue<>();
    /** Requests that no test releases; closing the port would wait for them. */
    private final List<AsyncCallback> busy = new ArrayList<>();

    private final CountDownLatch isBusy = new CountDownLatch(1);
    private final CountDownLatch hasSent = new CountDownLatch(1);
    private volatile boolean holding = true;
    private EventEndpoint port;

    @BeforeEach
    void open() throws Exception {
        port = open(IDLE);
    }

    private EventEndpoint open(Duration idle) throws Exception {
        return new EventEndpoint(List.of("*"), 3, idle, new RouteBuilder() {
            @Override
            public void configure() {
                from("platform-http:/held")
                        .process(EventEndpoint.hold(held, () -> holding))
                        .setBody(constant("released"));
                from("platform-http:/busy").process(exchange -> keepLoopBusy());
            }
        });
    }

    @AfterEach
    void close() {
        holding = false;
        held.drainTo(busy);
        busy.forEach(release -> release.done(false));
        port.close();
    }

    @Test
    void connectionWithoutARequest_isClosed() throws Exception {
        try (Socket silent = port.connect()) {
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
        }
    }

    /** The check of the idle timeout is also overdue when the loop continues. */
    @Test
    void requestThatArrivesWhileTheLoopIsBusy_isAnswered() throws Exception {
        port.close();
        // The client opens a connection and waits for the busy loop before its second request.
        port = open(LONG_IDLE);
        holding = false;
        try (Socket waiting = port.connect();
                Socket ofOtherLoop = port.connect()) {
            assertThat(ofOtherLoop.isConnected()).isTrue();
            waiting.getOutputStream().write(GET.getBytes(US_ASCII));
            assertThat(waiting.getInputStream().read()).isEqualTo('H');
            try (Socket busy = port.connect()) {
                busy.getOutputStream().write("GET /busy HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII));
                assertThat(isBusy.await(2, TimeUnit.MINUTES)).isTrue();
                waiting.getOutputStream().write(LAST_GET.getBytes(US_ASCII));
                hasSent.countDown();

                assertThat(new String(waiting.getInputStream().readAllBytes(), US_ASCII))
                        .contains("released" + "HTTP/1.1 200 ");
            }
        }
    }

    /** Returns once the second request has been sent and the idle timeout of the connections is over. */
    private void keepLoopBusy() throws InterruptedException {
        long begin = System.nanoTime();
        isBusy.countDown();
        hasSent.await();
        // The idle timeout has to pass while the loop is busy; there is no condition for that.
        TimeUnit.NANOSECONDS.sleep(LONG_IDLE.plusSeconds(1).toNanos() - (System.nanoTime() - begin));
    }

    @Test
    void slowHeaders_doNotDelayTheIdleTimeout() throws Exception {
        try (Socket slow = port.connect()) {
            slow.getOutputStream().write("GET /held HTTP/1.1\r\nX-Slow: ".getBytes(US_ASCII));

            await().pollInterval(Duration.ofMillis(100)).until(() -> {
                try {
                    slow.getOutputStream().write('x');
                    return false;
                } catch (IOException closed) {
                    return true;
                }
            });
        }
    }

    @Test
    void connectionWithARequestInProgress_isKept_andClosedAfterwards() throws Exception {
        try (Socket busy = port.connect()) {
            busy.getOutputStream().write(GET.getBytes(US_ASCII));
            AsyncCallback release = held.poll(2, TimeUnit.MINUTES);
            connectionWithoutARequest_isClosed();
            release.done(false);

            assertThat(new String(busy.getInputStream().readAllBytes(), US_ASCII))
                    .startsWith("HTTP/1.1 200 ")
                    .endsWith("released");
        }
    }

    @Test
    void malformedChunkAfterARequestInProgress_closesTheConnectionAfterItsResponse() throws Exception {
        try (Socket broken = port.connect()) {
            String post = "POST /held HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n";
            broken.getOutputStream().write((GET + post).getBytes(US_ASCII));
            held.poll(2, TimeUnit.MINUTES).done(false);

            assertThat(new String(broken.getInputStream().readAllBytes(), US_ASCII))
                    .startsWith("HTTP/1.1 200 ")
                    .endsWith("released");
        }
    }

    @Test
    void malformedChunkInTheSamePacketAsARequest_closesTheConnectionAfterItsResponse() throws Exception {
        String post = "POST /held HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n";
        assertThat(port.answerTo("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n" + post))
                .startsWith("HTTP/1.1 404 ")
                .doesNotContain("released");
    }

    @Test
    void connectionAfter100Continue_isClosedAfterItsResponse() throws Exception {
        holding = false;
        try (Socket client = port.connect()) {
            client.getOutputStream()
                    .write("POST /held HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx"
                            .getBytes(US_ASCII));

            assertThat(new String(client.getInputStream().readAllBytes(), US_ASCII))
                    .startsWith("HTTP/1.1 100 ")
                    .endsWith("released");
        }
    }

    @Test
    void slowBody_is408() throws Exception {
        try (Socket slow = port.connect()) {
            slow.getOutputStream()
                    .write("POST /held HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc".getBytes(US_ASCII));

            assertThat(new String(slow.getInputStream().readAllBytes(), US_ASCII))
                    .startsWith("HTTP/1.1 408 ");
            assertThat(port.ended("slow")).isEqualTo(1);
        }
    }

    @Test
    void slowBodyAfterARequestInProgress_closesTheConnectionAfterItsResponse() throws Exception {
        try (Socket slow = port.connect()) {
            String post = "POST /held HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc";
            slow.getOutputStream().write((GET + post).getBytes(US_ASCII));
            AsyncCallback release = held.poll(2, TimeUnit.MINUTES);
            await().atMost(Duration.ofMinutes(2)).until(() -> port.ended("slow") == 1);
            release.done(false);

            assertThat(new String(slow.getInputStream().readAllBytes(), US_ASCII))
                    .startsWith("HTTP/1.1 200 ")
                    .endsWith("released");
        }
    }

    @Test
    void connectionsBeyondTheLimit_areClosedAtOnce_untilOneIsFree() throws Exception {
        port.close();
        port = open(Duration.ofMinutes(1));
        Socket first = busy(120);
        Socket second = busy(120);
        Socket third = busy(120);
        try (Socket tooMany = port.connect()) {
            assertThat(tooMany.getInputStream().read()).isEqualTo(-1);
        }
        first.close();

        await().ignoreExceptions().until(() -> {
            try (Socket next = busy(5)) {
                return next.isConnected();
            }
        });
        second.close();
        third.close();
    }

    /** Returns a connection with a request that is being held. */
    private Socket busy(long withinSeconds) throws IOException, InterruptedException {
        Socket socket = port.connect();
        socket.getOutputStream().write(GET.getBytes(US_ASCII));
        AsyncCallback release = held.poll(withinSeconds, TimeUnit.SECONDS);
        if (release == null) {
            socket.close();
            throw new IOException("not taken");
        }
        busy.add(release);
        return socket;
    }

    @Test
    void pipelinedRequests_areNotReadWhileOneIsInProgress_andAllAreAnsweredAfterwards() throws Exception {
        port.close();
        port = open(Duration.ofMinutes(1));
        int requests = 10_000;
        byte[] request =
                ("GET /held HTTP/1.1\r\nHost: x\r\nX-Long: " + "x".repeat(1900) + "\r\n\r\n").getBytes(US_ASCII);
        AtomicInteger written = new AtomicInteger();
        try (Socket client = port.connect()) {
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 1; i < requests; i++) {
                        client.getOutputStream().write(request);
                        written.incrementAndGet();
                    }
                    client.getOutputStream().write(LAST_GET.getBytes(US_ASCII));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            AsyncCallback release = held.poll(2, TimeUnit.MINUTES);
            awaitNoMore(written);
            assertThat(sent).isNotDone();
            holding = false;
            release.done(false);

            assertThat(answers(client.getInputStream())).isEqualTo(requests);
            assertThat(sent).succeedsWithin(Duration.ofMinutes(2));
        }
    }

    /** Returns once the count has not changed for two seconds. */
    private static void awaitNoMore(AtomicInteger count) {
        AtomicInteger before = new AtomicInteger(-1);
        await().pollInterval(Duration.ofSeconds(2)).until(() -> before.getAndSet(count.get()) == count.get());
    }

    /** Returns the number of responses, each with the body "released", until the server closes the connection. */
    private static int answers(InputStream in) throws IOException {
        return new String(in.readAllBytes(), US_ASCII).split("released", -1).length - 1;
    }
}
