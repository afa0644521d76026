package io.wadi.hdfs;

import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.WadiSettings;
import java.time.Duration;

/**
 * How HDFS is reached, and as whom. A text that is empty is not given.
 *
 * @param uri {@code hdfs://} and a NameNode's address, or a name service of the site's files
 * @param confDir the directory of {@code core-site.xml} and {@code hdfs-site.xml}
 * @param user whose files they are, where HDFS believes any name
 * @param principal who logs in with Kerberos; with {@code keytab}
 * @param keytab the file with the principal's keys; with {@code principal}
 * @param umask three octal digits
 * @param answerWithin after which an operation has failed
 */
public record HdfsOptions(
        String uri, String confDir, String user, String principal, String keytab, String umask, Duration answerWithin) {

    /** The options that the settings {@code wadi.hdfs.*} give. */
    public static HdfsOptions of(Settings settings) {
        return new HdfsOptions(
                settings.get(WadiSettings.HDFS_URI),
                settings.get(WadiSettings.HDFS_CONF_DIR),
                settings.get(WadiSettings.HDFS_USER),
                settings.get(WadiSettings.HDFS_PRINCIPAL),
                settings.get(WadiSettings.HDFS_KEYTAB),
                settings.get(WadiSettings.HDFS_UMASK),
                settings.get(WadiSettings.HDFS_REQUEST_TIMEOUT));
    }

    /** A file system without Kerberos and files of the site, as the process's own user. */
    public static HdfsOptions of(String uri) {
        return new HdfsOptions(uri, "", "", "", "", "", Duration.ofSeconds(30));
    }
}
