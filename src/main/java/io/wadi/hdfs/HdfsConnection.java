package io.wadi.hdfs;

import io.wadi.runtime.config.Units;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.PrivilegedExceptionAction;
import java.time.Duration;
import java.util.function.Consumer;
import org.apache.camel.util.function.ThrowingConsumer;
import org.apache.camel.util.function.ThrowingFunction;
import org.apache.camel.util.function.ThrowingSupplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeysPublic;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.security.UserGroupInformation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process's connection to HDFS. Each operation ends within {@link HdfsOptions#responseTimeout()}. After a slow
 * failure, except for a missing file, further operations fail at once for as long as the failed one took. So the
 * partitions of one consumer do not wait one after another for an unavailable NameNode. Thread-safe.
 */
public final class HdfsConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HdfsConnection.class);
    private static final Duration SLOW_FAILURE = Duration.ofSeconds(1);
    private static final int DEFAULT_PORT = 8020;

    private final HdfsOptions options;
    private final Configuration configuration;
    private final Watchdog watchdog;
    private final KerberosLogin login;
    private volatile DistributedFileSystem hdfs;
    private UserGroupInformation cachedUser;
    private FileSystem cached;
    private final ThreadLocal<Boolean> ignoresOutages = ThreadLocal.withInitial(() -> false);
    private volatile Outage outage;

    private record Outage(long endNanos, IOException cause) {}

    /**
     * Reads the site's files; connects with the first operation.
     *
     * @throws io.wadi.runtime.config.SettingsException if options contradict each other or the site's files are invalid
     */
    public HdfsConnection(HdfsOptions options) {
        this.options = options;
        this.configuration = HdfsConfiguration.of(options);
        this.login = options.principal().isEmpty() ? null : new KerberosLogin(options, configuration);
        // Last, since it starts a thread.
        this.watchdog = new Watchdog(options.responseTimeout());
    }

    /**
     * Logs in if Kerberos is used, and renews the login from then on. Without a call of this method, the first
     * operation does so. If the Kerberos server is unavailable, operations fail until the login succeeds.
     *
     * @throws io.wadi.runtime.config.SettingsException if the Kerberos server rejects the keys
     */
    public void start() {
        if (login != null) {
            login.start();
        }
    }

    /**
     * Runs an operation on the NameNode.
     *
     * @throws IOException if it fails or times out; after a timeout it may have taken effect
     */
    <T> T run(ThrowingFunction<DistributedFileSystem, T, IOException> operation) throws IOException {
        return run(operation, result -> {});
    }

    /** Like {@link #run(ThrowingFunction)}, for an operation without a result. */
    void execute(ThrowingConsumer<DistributedFileSystem, IOException> operation) throws IOException {
        run(hdfs -> {
            operation.accept(hdfs);
            return null;
        });
    }

    /**
     * Runs an operation on the NameNode that opens a resource.
     *
     * @param late receives the resource if the operation opened it but timed out; it must not throw
     * @throws IOException as {@link #run(ThrowingFunction)}
     */
    <T> T run(ThrowingFunction<DistributedFileSystem, T, IOException> operation, Consumer<T> late) throws IOException {
        requireNoOutage();
        long begun = System.nanoTime();
        try {
            T result = watchdog.watch(() -> operation.apply(fileSystem()), late);
            outage = null;
            return result;
        } catch (FileNotFoundException e) {
            // The NameNode has responded.
            outage = null;
            throw e;
        } catch (IOException e) {
            long now = System.nanoTime();
            long duration = now - begun;
            if (duration > SLOW_FAILURE.toNanos()) {
                outage = new Outage(now + duration, e);
            }
            throw e;
        }
    }

    /**
     * Runs an operation on DataNodes. Its failure does not start an outage, since the next file can have other
     * DataNodes.
     */
    <T> T transfer(ThrowingSupplier<T, IOException> operation) throws IOException {
        requireNoOutage();
        return watchdog.watch(operation);
    }

    /** Returns the file system's URI: {@code hdfs://} and a NameNode's address or a name service. */
    public URI uri() {
        return URI.create(options.uri());
    }

    /**
     * Runs code that gets this file system from Hadoop's cache by its URI, with port 8020 if the URI has no port. The
     * code runs as this connection's user and gets a client with this connection's configuration. Its duration is not
     * limited, but that of each call to a server is.
     *
     * @throws IOException if the client cannot be opened
     */
    public void runWithCachedClient(Runnable code) throws IOException {
        try {
            cachedUser().doAs((PrivilegedExceptionAction<Void>) () -> {
                cacheClient();
                code.run();
                return null;
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while using " + options.uri(), e);
        }
    }

    /** Returns the same object for all calls: without Kerberos, Hadoop's cache compares users by identity. */
    private UserGroupInformation cachedUser() throws IOException {
        UserGroupInformation known = user();
        synchronized (this) {
            if (cachedUser == null) {
                cachedUser = known;
            }
            return cachedUser;
        }
    }

    private synchronized void cacheClient() throws IOException {
        Configuration unhooked = new Configuration(configuration);
        // No JVM shutdown hook: it would close the client while routes are still stopping.
        unhooked.setBoolean(CommonConfigurationKeysPublic.FS_AUTOMATIC_CLOSE_KEY, false);
        String authority = uri().getAuthority();
        cached = FileSystem.get(
                URI.create("hdfs://" + authority + (authority.contains(":") ? "" : ":" + DEFAULT_PORT)), unhooked);
    }

    /** Makes operations of the current thread ignore outages, for a health probe. */
    public void ignoreOutages() {
        ignoresOutages.set(true);
    }

    /** Returns the remaining space of all DataNodes. */
    public long remainingBytes() throws IOException {
        return run(hdfs -> hdfs.getStatus().getRemaining());
    }

    private void requireNoOutage() throws IOException {
        Outage current = ignoresOutages.get() ? null : outage;
        long remainingNanos = current == null ? 0 : current.endNanos() - System.nanoTime();
        if (remainingNanos > 0) {
            throw new IOException(
                    "%s: no attempt for the next %s, because the last one failed: %s"
                            .formatted(options.uri(), Units.text(Duration.ofNanos(remainingNanos)), current.cause()),
                    current.cause());
        }
    }

    private DistributedFileSystem fileSystem() throws IOException {
        DistributedFileSystem opened = hdfs;
        return opened == null ? open(user()) : opened; // A close does not wait for a login.
    }

    private synchronized DistributedFileSystem open(UserGroupInformation user) throws IOException {
        if (hdfs == null) {
            hdfs = initialized(user);
        }
        return hdfs;
    }

    private DistributedFileSystem initialized(UserGroupInformation user) throws IOException {
        // FileSystem.newInstance would register a JVM shutdown hook that closes it while landing still publishes files.
        DistributedFileSystem opened = new DistributedFileSystem();
        try {
            user.doAs((PrivilegedExceptionAction<Void>) () -> {
                opened.initialize(URI.create(options.uri()), configuration);
                return null;
            });
            LOG.info("HDFS: opened {} as user {}", options.uri(), user.getUserName());
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

    /** Closes the connection and abandons its open files. */
    @Override
    public synchronized void close() throws IOException {
        try {
            close(hdfs);
        } finally {
            try {
                close(cached);
            } finally {
                watchdog.close();
                if (login != null) {
                    login.close();
                }
            }
        }
    }

    private void close(FileSystem client) throws IOException {
        if (client != null) {
            watchdog.watch(() -> {
                client.close();
                return null;
            });
        }
    }
}
