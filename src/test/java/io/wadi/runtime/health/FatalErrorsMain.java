package io.wadi.runtime.health;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.DefaultEventLoop;
import io.vertx.core.Vertx;
import io.wadi.kafka.client.RecordCompletion;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process that fails with an error on one kind of thread, started by {@link FatalErrorsIT}, and otherwise never
 * exits.
 */
final class FatalErrorsMain {
    private static final Logger LOG = LoggerFactory.getLogger(FatalErrorsMain.class);
    private static final int PIECE_BYTES = 100_000;

    /** Keeps what was allocated reachable when the error is swallowed. */
    private static final List<Object> KEPT = new ArrayList<>();

    private FatalErrorsMain() {}

    public static void main(String[] args) throws Exception {
        FatalErrors.install();
        switch (args[0]) {
            case "thread" -> new Thread(FatalErrorsMain::fillHeap).start();
            case "executor" -> Executors.newSingleThreadExecutor().execute(FatalErrorsMain::fillHeap);
            case "swallowed" -> Executors.newSingleThreadExecutor().submit(FatalErrorsMain::fillAndKeepHeap);
            case "swallowed-and-freed" -> Executors.newSingleThreadExecutor().submit(FatalErrorsMain::fillHeap);
            case "event-loop" -> new DefaultEventLoop().execute(FatalErrorsMain::fillHeap);
            case "vertx" -> Vertx.vertx().runOnContext(ignored -> fillHeap());
            case "direct-memory" -> new DefaultEventLoop().execute(FatalErrorsMain::fillDirectMemory);
            case "camel" -> runCamel();
            case "step" -> Executors.newSingleThreadExecutor().submit(FatalErrorsMain::failInAStep);
            case "stack" -> new Thread(() -> overflow(0)).start();
            case "logged-stack" -> {
                LOG.warn("A document is nested too deeply", new IllegalStateException(new StackOverflowError()));
                Runtime.getRuntime().halt(0);
            }
            case "logged-cause" ->
                LOG.debug("Sent to {}", "nobody", new IllegalStateException(new InternalError("a fault")));
            default -> throw new IllegalArgumentException(args[0]);
        }
        new CountDownLatch(1).await();
    }

    private static void fillHeap() {
        fill(new ArrayList<>());
    }

    private static void fillAndKeepHeap() {
        fill(KEPT);
    }

    private static void fill(List<Object> pieces) {
        while (true) {
            pieces.add(new byte[PIECE_BYTES]);
        }
    }

    private static void fillDirectMemory() {
        Deque<ByteBuf> own = new ArrayDeque<>();
        while (own.size() < Integer.MAX_VALUE) {
            own.push(UnpooledByteBufAllocator.DEFAULT.directBuffer(PIECE_BYTES));
        }
    }

    private static int overflow(int depth) {
        return depth < 0 ? depth : overflow(depth + 1) + 1;
    }

    /** Fails as on the thread of a Kafka consumer: its executor swallows the error. */
    private static Object failInAStep() throws Exception {
        DefaultCamelContext context = new DefaultCamelContext();
        context.getCamelContextExtension().addInterceptStrategy(new StepErrors());
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:in").process(exchange -> {
                    throw new InternalError("a fault");
                });
            }
        });
        context.start();
        context.createProducerTemplate().sendBody("direct:in", "any");
        return context;
    }

    /** Fails in a route that handles every failure, as {@code routes/errors.camel.yaml} does. */
    private static void runCamel() throws Exception {
        DefaultCamelContext context = new DefaultCamelContext();
        context.addRoutePolicyFactory(new RecordCompletion());
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                onException(Throwable.class).handled(true);
                from("direct:in").process(exchange -> fillHeap());
            }
        });
        context.start();
        context.createProducerTemplate().sendBody("direct:in", "any");
    }
}
