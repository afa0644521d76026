package io.wadi.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.minikdc.MiniKdc;
import org.apache.hadoop.security.UserGroupInformation;

/**
 * A Kerberos server and an HDFS that requires it: authentication of RPC and of data transfer, block tokens, web pages
 * over HTTPS. It is a separate program because Hadoop has one identity per process, and because tests freeze it.
 *
 * <p>It writes the files that clients need ({@code krb5.conf}, {@code core-site.xml}, {@code hdfs-site.xml}, keytabs)
 * to its directory and prints READY with the NameNode's port. Then it reads lines from its input: a path in HDFS, and a
 * local directory to which it copies that path. It exits at the end of its input.
 */
public final class SecureHdfs {
    /** Printed when HDFS can be used, followed by the port. */
    public static final String READY = "SECURE HDFS READY ";

    /** Printed after each copy. */
    public static final String COPIED = "COPIED";

    private static final String REALM = "EXAMPLE.COM";

    private SecureHdfs() {}

    /** Runs the servers in a directory, which is on the class path. */
    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        createKeytabOfAnotherServer(directory);
        MiniKdc kdc = startKdc(directory);
        kdc.createPrincipal(directory.resolve("hdfs.keytab").toFile(), "hdfs/localhost", "HTTP/localhost");
        kdc.createPrincipal(directory.resolve("wadi.keytab").toFile(), "wadi");
        writeKrb5Conf(directory.resolve("krb5.conf"), kdc.getPort());
        createKeyStores(directory);

        Configuration configuration = configuration(directory);
        UserGroupInformation.setConfiguration(configuration);
        UserGroupInformation.loginUserFromKeytab(
                "hdfs/localhost@" + REALM, directory.resolve("hdfs.keytab").toString());
        try (MiniDFSCluster cluster = new MiniDFSCluster.Builder(
                        configuration, directory.resolve("hdfs").toFile())
                .numDataNodes(1)
                .storagesPerDatanode(1)
                .checkExitOnShutdown(false)
                .build()) {
            cluster.waitActive();
            org.apache.hadoop.fs.Path root = new org.apache.hadoop.fs.Path("/landed");
            cluster.getFileSystem().mkdirs(root);
            cluster.getFileSystem().setOwner(root, "wadi", null);
            System.out.println(READY + cluster.getNameNodePort());
            serve(cluster);
        }
        System.exit(0);
    }

    private static void serve(MiniDFSCluster cluster) throws IOException {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String[] paths = line.split(" ", 2);
            org.apache.hadoop.fs.Path source = new org.apache.hadoop.fs.Path(paths[0]);
            if (cluster.getFileSystem().exists(source)) {
                cluster.getFileSystem().copyToLocalFile(false, source, new org.apache.hadoop.fs.Path(paths[1]), true);
            }
            System.out.println(COPIED);
        }
    }

    private static MiniKdc startKdc(Path directory) throws Exception {
        Properties properties = MiniKdc.createConf();
        properties.setProperty(MiniKdc.MIN_TICKET_LIFETIME, "1");
        MiniKdc kdc = new MiniKdc(properties, directory.toFile());
        kdc.start();
        return kdc;
    }

    private static void createKeytabOfAnotherServer(Path directory) throws Exception {
        MiniKdc other = startKdc(directory);
        other.createPrincipal(directory.resolve("other.keytab").toFile(), "wadi");
        other.stop();
    }

    /**
     * Writes the clients' Kerberos configuration: tickets expire after 15 s, and requests to the server time out after
     * 2 s.
     */
    private static void writeKrb5Conf(Path file, int port) throws IOException {
        Files.writeString(file, """
                [libdefaults]
                  default_realm = %s
                  udp_preference_limit = 1
                  ticket_lifetime = 15
                  kdc_timeout = 2000
                  max_retries = 1
                [realms]
                  %s = {
                    kdc = localhost:%d
                  }
                """.formatted(REALM, REALM, port));
    }

    private static Configuration configuration(Path directory) throws IOException {
        String keytab = directory.resolve("hdfs.keytab").toString();
        Map<String, String> forClients = Map.of(
                "hadoop.security.authentication", "kerberos",
                "dfs.namenode.kerberos.principal", "hdfs/localhost@" + REALM,
                "dfs.data.transfer.protection", "authentication",
                // Connections close early, so that an idle client must authenticate to the NameNode again.
                "ipc.client.connection.maxidletime", "500",
                "hadoop.kerberos.min.seconds.before.relogin", "1");
        Configuration clients = new Configuration(false);
        forClients.forEach(clients::set);
        try (var file = Files.newOutputStream(directory.resolve("core-site.xml"))) {
            clients.writeXml(file);
        }
        Configuration configuration = new Configuration();
        forClients.forEach(configuration::set);
        configuration.set("dfs.namenode.keytab.file", keytab);
        configuration.set("dfs.datanode.kerberos.principal", "hdfs/localhost@" + REALM);
        configuration.set("dfs.datanode.keytab.file", keytab);
        configuration.set("dfs.web.authentication.kerberos.principal", "HTTP/localhost@" + REALM);
        configuration.set("dfs.web.authentication.kerberos.keytab", keytab);
        configuration.set("dfs.block.access.token.enable", "true");
        configuration.set("dfs.http.policy", "HTTPS_ONLY");
        configuration.set("dfs.namenode.https-address", "localhost:0");
        configuration.set("dfs.datanode.https.address", "localhost:0");
        configuration.set("dfs.heartbeat.interval", "1");
        return configuration;
    }

    private static void createKeyStores(Path directory) throws Exception {
        Path store = directory.resolve("keystore.p12");
        Certificate.keytool(
                store,
                "-genkeypair",
                "-alias",
                "localhost",
                "-keyalg",
                "RSA",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost");
        for (String side : List.of("server", "client")) {
            Configuration ssl = new Configuration(false);
            for (String kind : List.of("keystore", "truststore")) {
                ssl.set("ssl.%s.%s.location".formatted(side, kind), store.toString());
                ssl.set("ssl.%s.%s.password".formatted(side, kind), Certificate.PASSWORD);
                ssl.set("ssl.%s.%s.type".formatted(side, kind), "PKCS12");
            }
            ssl.set("ssl.%s.keystore.keypassword".formatted(side), Certificate.PASSWORD);
            try (var file = Files.newOutputStream(directory.resolve("ssl-%s.xml".formatted(side)))) {
                ssl.writeXml(file);
            }
        }
    }
}
