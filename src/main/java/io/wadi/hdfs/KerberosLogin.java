package io.wadi.hdfs;

import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.Units;
import io.wadi.runtime.health.FatalErrors;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.security.auth.kerberos.KerberosPrincipal;
import javax.security.auth.kerberos.KeyTab;
import org.apache.camel.util.function.ThrowingSupplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeysPublic;
import org.apache.hadoop.security.SecurityUtil;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.kafka.common.utils.ThreadUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process's Kerberos login with a keytab. The ticket is renewed after 80 % of its lifetime, even without traffic. A
 * failed renewal is logged and retried until it succeeds.
 */
final class KerberosLogin implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KerberosLogin.class);

    private final String principal;
    private final String keytab;
    private final Duration interval;
    private final ThrowingSupplier<UserGroupInformation, IOException> attempt;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(ThreadUtils.createThreadFactory("wadi-hdfs-login", true));
    private final Duration responseTimeout;

    /** Null before the first attempt. */
    private Future<?> firstAttempt;

    private volatile UserGroupInformation user;
    private volatile Throwable failure;

    /**
     * Creates a login; {@code _HOST} in the principal is replaced by the host name. The site's files determine the
     * interval of login attempts.
     *
     * @throws SettingsException if the keytab has no key of the principal
     */
    KerberosLogin(HdfsOptions options, Configuration configuration) {
        this.keytab = options.keytab();
        this.responseTimeout = options.responseTimeout();
        this.interval = Duration.ofSeconds(Math.max(
                1,
                configuration.getLong(
                        CommonConfigurationKeysPublic.HADOOP_KERBEROS_MIN_SECONDS_BEFORE_RELOGIN,
                        CommonConfigurationKeysPublic.HADOOP_KERBEROS_MIN_SECONDS_BEFORE_RELOGIN_DEFAULT)));
        this.attempt = this::logInFromKeytab;
        try {
            this.principal = SecurityUtil.getServerPrincipal(options.principal(), "");
            requireKey();
            UserGroupInformation.setConfiguration(configuration);
        } catch (IOException | IllegalArgumentException e) {
            throw invalid("wadi.hdfs.principal=%s: Kerberos is not set up on this machine (krb5.conf): %s"
                    .formatted(options.principal(), e.getMessage()));
        }
    }

    /**
     * Creates a login without checks.
     *
     * @param interval the delay between login attempts
     * @param attempt logs in
     */
    KerberosLogin(
            String principal,
            String keytab,
            Duration responseTimeout,
            Duration interval,
            ThrowingSupplier<UserGroupInformation, IOException> attempt) {
        this.principal = principal;
        this.keytab = keytab;
        this.responseTimeout = responseTimeout;
        this.interval = interval;
        this.attempt = attempt;
    }

    private void requireKey() {
        if (!Files.isReadable(Path.of(keytab))) {
            throw invalid("wadi.hdfs.keytab=%s: expected a readable file".formatted(keytab));
        }
        KeyTab keys = KeyTab.getUnboundInstance(new File(keytab));
        if (keys.getKeys(new KerberosPrincipal(principal)).length == 0) {
            throw invalid("wadi.hdfs.keytab=%s: the file has no key of %s".formatted(keytab, principal));
        }
    }

    private static SettingsException invalid(String reason) {
        return new SettingsException(List.of(reason));
    }

    /**
     * Logs in and schedules renewals; does nothing if it was called before. If the Kerberos server hangs, returns after
     * the response timeout, while the attempt continues.
     *
     * @throws SettingsException if the Kerberos server rejects the principal's key
     */
    void start() {
        try {
            awaitFirstAttempt();
        } catch (IOException e) {
            recordFailure(e);
        }
    }

    /**
     * Returns the logged-in user; calls {@link #start} if necessary.
     *
     * @throws IOException if no login has succeeded yet
     */
    UserGroupInformation user() throws IOException {
        if (user == null) {
            awaitFirstAttempt();
        }
        UserGroupInformation known = user;
        if (known == null) {
            throw new IOException(
                    "Kerberos: no login of %s has succeeded yet; retrying every %s"
                            .formatted(principal, Units.text(interval)),
                    failure);
        }
        return known;
    }

    /**
     * Waits for the end of the first attempt, which is begun if necessary. It runs on the timer's thread: the JDK's
     * Kerberos client ignores interrupts and waits for minutes for a server that hangs.
     *
     * @throws IOException if it does not end within the response timeout, or the thread is interrupted
     */
    private void awaitFirstAttempt() throws IOException {
        try {
            firstAttempt().get(responseTimeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("the Kerberos server has not responded within " + Units.text(responseTimeout));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for the Kerberos server", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SettingsException rejected) {
                throw rejected;
            }
            throw new IOException("Kerberos: login of %s failed".formatted(principal), e.getCause());
        }
    }

    private synchronized Future<?> firstAttempt() throws IOException {
        if (firstAttempt == null) {
            try {
                firstAttempt = timer.submit(this::attemptFirst);
            } catch (RejectedExecutionException e) {
                throw new IOException("the connection to HDFS is closed", e);
            }
        }
        return firstAttempt;
    }

    private void attemptFirst() {
        try {
            logIn();
        } catch (IOException e) {
            if (!isUnreachable(e)) {
                throw invalid("wadi.hdfs.principal=%s, wadi.hdfs.keytab=%s: the Kerberos server rejected the login: %s"
                        .formatted(principal, keytab, root(e).getMessage()));
            }
            recordFailure(e);
        } catch (RuntimeException | Error e) { // an exception would prevent the renewals
            FatalErrors.endOn(e);
            recordFailure(e);
        }
        timer.scheduleWithFixedDelay(this::renew, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Logs in as the process's login user. The HDFS client renews this user's ticket if a server rejects it. */
    private UserGroupInformation logInFromKeytab() throws IOException {
        UserGroupInformation.loginUserFromKeytab(principal, keytab);
        return UserGroupInformation.getLoginUser();
    }

    private void logIn() throws IOException {
        user = attempt.get();
        LOG.info("Kerberos: logged in as {} from {}", principal, keytab);
    }

    private void renew() {
        try {
            if (user == null) {
                logIn();
            } else {
                user.checkTGTAndReloginFromKeytab();
            }
            if (failure != null) {
                LOG.info("Kerberos: {} is logged in again", principal);
                failure = null;
            }
        } catch (IOException | RuntimeException | Error e) { // an exception would end the renewals
            FatalErrors.endOn(e);
            recordFailure(e);
        }
    }

    private void recordFailure(Throwable e) {
        failure = e;
        LOG.warn(
                "Kerberos: login of {} from {} failed: {}; retrying in {}",
                principal,
                keytab,
                root(e).toString(),
                Units.text(interval));
    }

    /**
     * Returns whether the Kerberos server did not respond. Then the root cause is an {@link IOException}; after an
     * error response it is not.
     */
    private static boolean isUnreachable(IOException e) {
        return root(e) instanceof IOException;
    }

    private static Throwable root(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
