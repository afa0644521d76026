package io.wadi.hdfs;

import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.WadiSettings;
import java.time.Duration;
import java.util.List;

/**
 * Options of the connection to HDFS. An empty string means that the option is not set.
 *
 * @param uri {@code hdfs://} and a NameNode's address, or a name service of the site's files
 * @param confDir the directory of {@code core-site.xml} and {@code hdfs-site.xml}
 * @param user the owner of files; without Kerberos only
 * @param principal the Kerberos principal; requires {@code keytab}
 * @param keytab the file with the principal's keys; requires {@code principal}
 * @param umask the umask of files and directories, as three octal digits
 * @param responseTimeout maximum time of an operation
 */
public record HdfsOptions(
        String uri,
        String confDir,
        String user,
        String principal,
        String keytab,
        String umask,
        Duration responseTimeout) {

    /**
     * Returns the options in the settings {@code wadi.hdfs.*}.
     *
     * @throws SettingsException if only one of principal and keytab is set
     */
    public static HdfsOptions of(Settings settings) {
        try {
            settings.areBothSet(WadiSettings.HDFS_PRINCIPAL, WadiSettings.HDFS_KEYTAB);
        } catch (IllegalArgumentException e) {
            throw new SettingsException(List.of(e.getMessage()));
        }
        return new HdfsOptions(
                settings.get(WadiSettings.HDFS_URI),
                settings.get(WadiSettings.HDFS_CONF_DIR),
                settings.get(WadiSettings.HDFS_USER),
                settings.get(WadiSettings.HDFS_PRINCIPAL),
                settings.get(WadiSettings.HDFS_KEYTAB),
                settings.get(WadiSettings.HDFS_UMASK),
                settings.get(WadiSettings.HDFS_REQUEST_TIMEOUT));
    }

    /** Returns options without Kerberos and site files, for the process's own user. */
    public static HdfsOptions of(String uri) {
        return new HdfsOptions(uri, "", "", "", "", "", Duration.ofSeconds(30));
    }
}
