package io.wadi.landing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.local.ChildJvm;
import io.wadi.local.Signal;
import io.wadi.runtime.ExitCode;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.SecureHdfs;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The shipped pipeline in its own process, on an HDFS with Kerberos; tickets expire after 15 s. */
@Nightly(because = "needs a Kerberos server and an HDFS that requires its tickets")
class KerberosIT {
    private static final String TOPIC = "kerberos";
    private static final Duration LONG = ChildJvm.START_TIMEOUT;
    private static final Duration TICKET = Duration.ofSeconds(15);

    private static Path directory;
    private static Process hdfs;
    private static BufferedReader hdfsOutput;
    private static String nameNodePort;

    @BeforeAll
    static void start() throws Exception {
        directory = TestServers.newDirectory("kerberos");
        Files.createDirectory(directory.resolve("target"));
        hdfs = new ProcessBuilder(
                        ChildJvm.java(),
                        "-Xmx512m",
                        "-cp",
                        directory + ":" + System.getProperty("java.class.path"),
                        SecureHdfs.class.getName(),
                        directory.toString())
                .directory(directory.toFile())
                .redirectError(directory.resolve("errors").toFile())
                .start();
        hdfsOutput = hdfs.inputReader(UTF_8);
        nameNodePort = awaitLine(SecureHdfs.READY);
    }

    @AfterAll
    static void stop() {
        hdfs.destroyForcibly();
    }

    @Test
    void landing_continuesAfterTicketExpiry_andAKerberosOutage() throws Exception {
        TopicProbe.create(TOPIC, 1);
        try (LandingProcess wadi = LandingProcess.start(TOPIC, null, options("wadi", "wadi.keytab"))) {
            land(300);
            Instant ticketsAreOver = Instant.now().plus(TICKET.multipliedBy(2));

            await().atMost(LONG).until(() -> Instant.now().isAfter(ticketsAreOver));
            land(300);

            Signal.send("STOP", hdfs.pid());
            await().atMost(LONG).until(() -> wadi.output().contains("Kerberos: login of wadi@EXAMPLE.COM from "));
            Signal.send("CONT", hdfs.pid());
            await().atMost(LONG).until(() -> wadi.output().contains("wadi@EXAMPLE.COM is logged in again"));
            land(300);

            assertThat(wadi.stop()).isZero();
        }
        assertThat(landed())
                .isEqualTo(KafkaProbe.readAll(TOPIC).stream()
                        .map(given -> new String(given.value(), UTF_8))
                        .toList());
    }

    /** The JDK's Kerberos client waits for minutes and ignores interrupts; the first login must not block a stop. */
    @Test
    void serverThatHangs_delaysNeitherTheStartNorTheStop() throws Exception {
        Path configuration = Files.writeString(
                directory.resolve("krb5-default-timeout.conf"),
                Files.readString(directory.resolve("krb5.conf")).replaceAll("(?m)^.*(kdc_timeout|max_retries).*$", ""));
        String[] options = options("wadi", "wadi.keytab");
        options[0] = "-Djava.security.krb5.conf=" + configuration;
        Signal.send("STOP", hdfs.pid());
        try (LandingProcess wadi = LandingProcess.start("hanging", null, options)) {
            await().atMost(LONG).until(() -> wadi.output().contains("the Kerberos server has not responded within 5s"));

            assertThat(wadi.stop()).isZero();
        } finally {
            Signal.send("CONT", hdfs.pid());
        }
    }

    @Test
    void keysRejectedByTheServer_areReportedAtTheStart() throws Exception {
        try (LandingProcess wadi = LandingProcess.start("refused", null, options("wadi", "other.keytab"))) {
            assertThat(wadi.awaitEnd()).isEqualTo(ExitCode.CONFIGURATION.number());
            assertThat(wadi.output())
                    .containsPattern("Wadi cannot start:\n  wadi.hdfs.principal=wadi@EXAMPLE.COM, "
                            + "wadi.hdfs.keytab=.*other.keytab: the Kerberos server rejected the login: .+\n");
        }
    }

    @Test
    void keytabWithoutThePrincipal_isReportedAtTheStart() throws Exception {
        try (LandingProcess wadi = LandingProcess.start("refused", null, options("wadi", "hdfs.keytab"))) {
            assertThat(wadi.awaitEnd()).isEqualTo(ExitCode.CONFIGURATION.number());
            assertThat(wadi.output())
                    .contains("Wadi cannot start:\n  wadi.hdfs.keytab=" + directory.resolve("hdfs.keytab")
                            + ": the file has no key of wadi@EXAMPLE.COM\n");
        }
    }

    private static String[] options(String principal, String keytab) {
        return new String[] {
            "-Djava.security.krb5.conf=" + directory.resolve("krb5.conf"),
            "-Dwadi.hdfs.uri=hdfs://localhost:" + nameNodePort,
            "-Dwadi.hdfs.conf-dir=" + directory,
            "-Dwadi.hdfs.principal=" + principal + "@EXAMPLE.COM",
            "-Dwadi.hdfs.keytab=" + directory.resolve(keytab),
            "-Dwadi.hdfs.request-timeout=5s",
            "-Dwadi.landing.directory=/landed",
            "-Dwadi.landing.roll-interval=1s"
        };
    }

    /** Sends records and waits until all of them have landed. */
    private static void land(int records) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = KafkaProbe.producer()) {
            for (int i = 0; i < records; i++) {
                producer.send(new ProducerRecord<>(
                        TOPIC, "{\"number\":%d}".formatted(i).getBytes(UTF_8)));
            }
        }
        long sent = KafkaProbe.readAll(TOPIC).size();
        await().atMost(LONG).until(() -> landed().size() >= sent);
    }

    /** Returns the lines of the visible files, in the order of the file names. */
    private static List<String> landed() throws IOException {
        Path copy = Files.createTempDirectory(directory, "copy-").resolve(TOPIC);
        hdfs.getOutputStream().write(("/landed/" + TOPIC + " " + copy + "\n").getBytes(UTF_8));
        hdfs.getOutputStream().flush();
        awaitLine(SecureHdfs.COPIED);
        List<String> lines = new ArrayList<>();
        if (Files.exists(copy)) {
            try (Stream<Path> files = Files.walk(copy)) {
                for (Path file : files.filter(KerberosIT::isVisible).sorted().toList()) {
                    lines.addAll(Files.readAllLines(file));
                }
            }
        }
        return lines;
    }

    private static boolean isVisible(Path file) {
        return Files.isRegularFile(file) && !file.getFileName().toString().startsWith("_");
    }

    /** Waits for the next line with this prefix and returns the rest of the line. */
    private static String awaitLine(String begin) throws IOException {
        for (String line = hdfsOutput.readLine(); line != null; line = hdfsOutput.readLine()) {
            if (line.startsWith(begin)) {
                return line.substring(begin.length());
            }
        }
        throw new AssertionError("the secure HDFS ended, see " + directory.resolve("errors"));
    }
}
