package io.wadi.hdfs;

import io.wadi.runtime.config.SettingsException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.security.auth.kerberos.KerberosPrincipal;
import javax.security.auth.kerberos.KeyTab;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeysPublic;
import org.apache.hadoop.security.SecurityUtil;
import org.apache.hadoop.security.UserGroupInformation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process's Kerberos identity, from a keytab. Renews the ticket when four fifths of its life are over, also where
 * nothing is landed for long; a renewal that fails is said with every try, and tried again until it succeeds.
 */
final class KerberosLogin implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KerberosLogin.class);

    private final String principal;
    private final String keytab;
    private final long everySeconds;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "wadi-hdfs-login");
        thread.setDaemon(true);
        return thread;
    });
    private boolean started;
    private volatile UserGroupInformation user;
    private volatile IOException failure;

    /**
     * {@code _HOST} in the principal stands for this machine's name. The site's files say how often a login is tried.
     *
     * @throws SettingsException where the keytab has no key of the principal
     */
    KerberosLogin(HdfsOptions options, Configuration configuration) {
        this.keytab = options.keytab();
        this.everySeconds = Math.max(
                1,
                configuration.getLong(
                        CommonConfigurationKeysPublic.HADOOP_KERBEROS_MIN_SECONDS_BEFORE_RELOGIN,
                        CommonConfigurationKeysPublic.HADOOP_KERBEROS_MIN_SECONDS_BEFORE_RELOGIN_DEFAULT));
        try {
            this.principal = SecurityUtil.getServerPrincipal(options.principal(), "");
            requireKey();
            UserGroupInformation.setConfiguration(configuration);
        } catch (IOException | IllegalArgumentException e) {
            throw refused("wadi.hdfs.principal=%s: Kerberos is not set up on this machine (krb5.conf): %s"
                    .formatted(options.principal(), e.getMessage()));
        }
    }

    private void requireKey() {
        if (!Files.isReadable(Path.of(keytab))) {
            throw refused("wadi.hdfs.keytab=%s: there is no such file to read".formatted(keytab));
        }
        KeyTab keys = KeyTab.getUnboundInstance(new File(keytab));
        if (keys.getKeys(new KerberosPrincipal(principal)).length == 0) {
            throw refused("wadi.hdfs.keytab=%s: it has no key of %s".formatted(keytab, principal));
        }
    }

    private static SettingsException refused(String why) {
        return new SettingsException(List.of(why));
    }

    /**
     * Logs in and begins to renew; does nothing where it has begun before.
     *
     * @throws SettingsException where the Kerberos server refuses the principal's key
     */
    synchronized void start() {
        if (started) {
            return;
        }
        try {
            logIn();
        } catch (IOException e) {
            if (!isUnreachable(e)) {
                throw refused("wadi.hdfs.principal=%s, wadi.hdfs.keytab=%s: the login was refused: %s"
                        .formatted(principal, keytab, root(e).getMessage()));
            }
            say(e);
        }
        started = true;
        timer.scheduleWithFixedDelay(this::renew, everySeconds, everySeconds, TimeUnit.SECONDS);
    }

    /**
     * Who has logged in, which is begun here where {@link #start} was not called.
     *
     * @throws IOException where nobody has yet
     */
    UserGroupInformation user() throws IOException {
        start();
        UserGroupInformation known = user;
        if (known == null) {
            throw new IOException(
                    "%s has not logged in yet, which is tried every %d s".formatted(principal, everySeconds), failure);
        }
        return known;
    }

    private void logIn() throws IOException {
        // As the login of the whole process, which the client renews by itself where a server refuses the ticket.
        UserGroupInformation.loginUserFromKeytab(principal, keytab);
        user = UserGroupInformation.getLoginUser();
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
        } catch (IOException e) {
            say(e);
        }
    }

    private void say(IOException e) {
        failure = e;
        LOG.warn(
                "Kerberos: {} could not log in from {}: {}; tried again in {} s",
                principal,
                keytab,
                root(e).toString(),
                everySeconds);
    }

    /** What the Kerberos server says is no {@link IOException}; that it says nothing is. */
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
