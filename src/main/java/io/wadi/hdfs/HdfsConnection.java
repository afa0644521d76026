package io.wadi.hdfs;

import java.io.IOException;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.PrivilegedExceptionAction;
import java.time.Duration;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.security.UserGroupInformation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one connection to HDFS. No operation holds its thread for longer than {@link HdfsOptions#answerWithin()}; and where
 * one has failed late, the next ones fail at once for as long as that one took, so that many partitions of one consumer do
 * not wait one after another for a NameNode that is away. Thread-safe.
 */
public final class HdfsConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HdfsConnection.class);
    private static final Duration LATE = Duration.ofSeconds(1);

    private final HdfsOptions options;
    private final Configuration configuration;
    private final Watchdog watchdog;
    private final KerberosLogin login;
    private DistributedFileSystem hdfs;
    private final ThreadLocal<Boolean> asksInOutages = ThreadLocal.withInitial(() -> false);
    private volatile Outage outage;

    private record Outage(long overAtNanos, IOException cause) {}

    /** An operation on the file system. */
    interface Operation<T> {
        T run(DistributedFileSystem hdfs) throws IOException;
    }

    /**
     * Reads the site's files; connects with the first operation.
     *
     * @throws io.wadi.runtime.config.SettingsException where options contradict each other or the site's files cannot be read
     */
    public HdfsConnection(HdfsOptions options) {
        this.options = options;
        this.configuration = HdfsConfiguration.of(options);
        this.watchdog = new Watchdog(options.answerWithin());
        this.login = options.principal().isEmpty() ? null : new KerberosLogin(options, configuration);
    }

    /**
     * Logs in where Kerberos is used, which else the first operation does, and keeps logged in from then on.
     *
     * @throws io.wadi.runtime.config.SettingsException where the keys are refused; a Kerberos server that is away is waited for by
     *     the operations instead
     */
    public void start() {
        if (login != null) {
            login.start();
        }
    }

    /**
     * Runs an operation on the NameNode.
     *
     * @throws IOException where it fails, or is not done in time: then it may have happened all the same
     */
    <T> T ask(Operation<T> operation) throws IOException {
        refuseInOutage();
        long begun = System.nanoTime();
        try {
            T result = watchdog.watch(() -> operation.run(fileSystem()));
            outage = null;
            return result;
        } catch (IOException e) {
            long now = System.nanoTime();
            long took = now - begun;
            if (took > LATE.toNanos()) {
                outage = new Outage(now + took, e);
            }
            throw e;
        }
    }

    /** Runs an operation that waits for DataNodes, which are others for the next file. */
    <T> T write(Watchdog.Operation<T> operation) throws IOException {
        refuseInOutage();
        return watchdog.watch(operation);
    }

    /** From now on what this thread asks is not refused after a failure: for the one that looks whether HDFS is there again. */
    public void askInOutages() {
        asksInOutages.set(true);
    }

    /** How much space is left on all DataNodes together. */
    public long remainingBytes() throws IOException {
        return ask(hdfs -> hdfs.getStatus().getRemaining());
    }

    private void refuseInOutage() throws IOException {
        Outage current = asksInOutages.get() ? null : outage;
        long leftNanos = current == null ? 0 : current.overAtNanos() - System.nanoTime();
        if (leftNanos > 0) {
            throw new IOException(
                    "%s is asked again in %d ms, it failed before: %s"
                            .formatted(options.uri(), leftNanos / 1_000_000, current.cause()),
                    current.cause());
        }
    }

    private synchronized DistributedFileSystem fileSystem() throws IOException {
        if (hdfs == null) {
            hdfs = open();
        }
        return hdfs;
    }

    private DistributedFileSystem open() throws IOException {
        UserGroupInformation user = user();
        // Not by FileSystem.newInstance, which has the JVM close it as soon as it is to end, while landing finishes.
        DistributedFileSystem opened = new DistributedFileSystem();
        try {
            user.doAs((PrivilegedExceptionAction<Void>) () -> {
                opened.initialize(URI.create(options.uri()), configuration);
                return null;
            });
            LOG.info("HDFS: {} as {}", options.uri(), user.getUserName());
            return opened;
        } catch (IllegalArgumentException e) {
            if (e.getCause() instanceof UnknownHostException) {
                throw new IOException(
                        options.uri() + " is neither a host nor a name service that hdfs-site.xml declares", e);
            }
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while opening " + options.uri(), e);
        }
    }

    private UserGroupInformation user() throws IOException {
        if (login != null) {
            return login.user();
        }
        return options.user().isEmpty()
                ? UserGroupInformation.getCurrentUser()
                : UserGroupInformation.createRemoteUser(options.user());
    }

    /** Closes the connection; what is still open in it is given up. */
    @Override
    public synchronized void close() throws IOException {
        try {
            if (hdfs != null) {
                watchdog.watch(() -> {
                    hdfs.close();
                    return null;
                });
            }
        } finally {
            watchdog.close();
            if (login != null) {
                login.close();
            }
        }
    }
}
