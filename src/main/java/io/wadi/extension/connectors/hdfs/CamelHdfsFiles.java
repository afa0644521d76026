package io.wadi.extension.connectors.hdfs;

import io.wadi.hdfs.HdfsConnection;
import io.wadi.runtime.health.FatalErrors;
import java.io.IOException;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.component.hdfs.HdfsComponent;
import org.apache.camel.component.hdfs.HdfsConfiguration;
import org.apache.camel.component.hdfs.HdfsConsumer;
import org.apache.camel.component.hdfs.HdfsEndpoint;
import org.apache.camel.component.hdfs.HdfsFileSystemType;
import org.apache.camel.spi.ExceptionHandler;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.hadoop.fs.FSDataInputStream;

/**
 * The consumer of camel-hdfs, used for one file at a time. It claims a file by a rename to {@code .opened} and opens
 * it. When the file is released, it closes the file and renames it to {@code .released}, whether all of it was read or
 * not. The consumer runs on its own thread, which waits while the file is read. All methods must be called on one other
 * thread.
 */
final class CamelHdfsFiles implements AutoCloseable {
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(30);

    private final CamelContext camel;
    private final HdfsConnection hdfs;
    private final HdfsConfiguration configuration;
    private final HdfsConsumer consumer;
    private final ExecutorService thread;
    private volatile Poll poll;
    private Future<?> running;

    /** One run of the consumer. */
    private static final class Poll {
        private final CompletableFuture<FSDataInputStream> opened = new CompletableFuture<>();
        private final CountDownLatch released = new CountDownLatch(1);
    }

    /**
     * Starts the consumer, which polls only in {@link #open}.
     *
     * @param directory its path, which must be valid in a URI
     */
    CamelHdfsFiles(CamelContext camel, HdfsConnection hdfs, String directory) throws Exception {
        this.camel = camel;
        this.hdfs = hdfs;
        HdfsEndpoint endpoint = endpoint(directory);
        configuration = endpoint.getConfig();
        String authority = hdfs.uri().getAuthority();
        int colon = authority.lastIndexOf(':');
        configuration.setHostName(colon < 0 ? authority : authority.substring(0, colon));
        configuration.setStreamDownload(true);
        configuration.setConnectOnStartup(false);
        configuration.setMaxMessagesPerPoll(1);
        configuration.setOpenedSuffix(FileNames.OPENED);
        configuration.setReadSuffix(FileNames.RELEASED);
        endpoint.setStartScheduler(false);
        endpoint.setExceptionHandler(new Failures());
        consumer = (HdfsConsumer) endpoint.createConsumer(this::read);
        // With the type HDFS, the consumer would copy each file to a temporary file and never delete that. Its paths
        // were already created as paths of HDFS.
        configuration.setFileSystemType(HdfsFileSystemType.LOCAL);
        thread = camel.getExecutorServiceManager().newSingleThreadExecutor(this, "CamelHdfs");
        ServiceHelper.startService(consumer);
    }

    private HdfsEndpoint endpoint(String directory) throws URISyntaxException {
        HdfsComponent component = new HdfsComponent() {
            @Override
            protected void initHdfs() {
                // The inherited method replaces the URL handlers of the JVM.
            }
        };
        component.setCamelContext(camel);
        return new HdfsEndpoint(hdfs.uri().resolve(directory).toString(), component);
    }

    /**
     * Claims and opens a file.
     *
     * @return null if the file no longer exists
     */
    FSDataInputStream open(String name) throws IOException, InterruptedException {
        configuration.setPattern(name);
        Poll next = new Poll();
        poll = next;
        running = thread.submit(() -> run(next));
        try {
            return next.opened.get();
        } catch (ExecutionException e) {
            throw new IOException("%s could not be claimed: %s".formatted(name, e.getCause()), e.getCause());
        }
    }

    private void run(Poll next) {
        try {
            hdfs.runWithCachedClient(consumer);
            next.opened.complete(null);
        } catch (IOException | RuntimeException e) {
            next.opened.completeExceptionally(e);
        } catch (Error e) { // otherwise open() would wait forever
            FatalErrors.endOn(e);
            next.opened.completeExceptionally(e);
            throw e;
        }
    }

    /** The processor of the consumer: passes the content to {@link #open} and waits until the file is released. */
    private void read(Exchange exchange) throws InterruptedException {
        Poll current = poll;
        current.opened.complete(exchange.getMessage().getBody(FSDataInputStream.class));
        current.released.await();
    }

    /** Closes the open file, which camel-hdfs then renames. */
    void release() throws InterruptedException {
        if (running != null) {
            poll.released.countDown();
            try {
                running.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
            running = null;
        }
    }

    @Override
    public void close() {
        if (poll != null) {
            poll.released.countDown();
        }
        camel.getExecutorServiceManager().shutdownGraceful(thread, CLOSE_WITHIN.toMillis());
        ServiceHelper.stopAndShutdownService(consumer);
    }

    /** Passes errors of polls to {@link #open}; camel-hdfs would only log them. */
    private final class Failures implements ExceptionHandler {
        @Override
        public void handleException(Throwable cause) {
            poll.opened.completeExceptionally(
                    cause instanceof RuntimeCamelException && cause.getCause() != null ? cause.getCause() : cause);
        }

        @Override
        public void handleException(String message, Throwable cause) {
            handleException(cause);
        }

        @Override
        public void handleException(String message, Exchange exchange, Throwable cause) {
            handleException(cause);
        }
    }
}
