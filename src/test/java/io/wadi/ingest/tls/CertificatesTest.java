package io.wadi.ingest.tls;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.handler.ssl.SslContext;
import io.wadi.ingest.auth.TlsFiles;
import io.wadi.testing.Certificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class CertificatesTest {
    @TempDir
    private Path directory;

    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        logger().addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger().detachAppender(log);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger("io.wadi");
    }

    /** Returns what was logged of the files; threads of other tests log too. */
    private List<String> logged() {
        return log.list.stream()
                .filter(event -> event.getFormattedMessage().contains(directory.toString()))
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
    }

    private TlsFiles files(Certificate own) throws Exception {
        TlsFiles files =
                new TlsFiles(directory.resolve("certificate.pem"), directory.resolve("key.pem"), Optional.empty());
        Files.writeString(files.certificate(), own.pem());
        Files.writeString(files.key(), own.keyPem());
        return files;
    }

    private double found(String result) {
        return meters.get("wadi.ingest.certificates")
                .tag("result", result)
                .counter()
                .count();
    }

    private long expires() {
        return (long) meters.get("wadi.ingest.certificate.expires").gauge().value();
    }

    @Test
    void newCertificateAndKey_takeEffect_andAMismatchedPairDoesNot() throws Exception {
        Certificate first = Certificate.make(directory, "first", "EC", "-validity", "10");
        Certificate second = Certificate.make(directory, "second", "EC", "-validity", "20");
        Certificates certificates = new Certificates(files(first), meters);
        SslContext before = certificates.current().get();
        assertThat(expires())
                .isEqualTo(first.certificate().getNotAfter().toInstant().getEpochSecond());

        Files.writeString(directory.resolve("certificate.pem"), second.pem());
        certificates.current().check();
        assertThat(found("rejected")).as("files that may be partly written").isZero();
        certificates.current().check();
        assertThat(certificates.current().get()).isSameAs(before);
        assertThat(found("rejected")).isEqualTo(1);

        files(second);
        certificates.current().check();
        assertThat(certificates.current().get()).isSameAs(before);
        certificates.current().check();
        assertThat(certificates.current().get()).isNotSameAs(before);
        assertThat(found("loaded")).isEqualTo(2);
        assertThat(expires())
                .isEqualTo(second.certificate().getNotAfter().toInstant().getEpochSecond());
        String name = "wadi.http.tls-certificate=" + directory.resolve("certificate.pem");
        assertThat(logged())
                .containsExactly(
                        "WARN %s has changed and is invalid, the previous content stays in effect: wadi.http.tls-key=%s: "
                                        .formatted(name, directory.resolve("key.pem"))
                                + "the private key does not match the first certificate in "
                                + directory.resolve("certificate.pem"),
                        "INFO " + name + " has changed and is in effect");
    }

    @Test
    void expiredCertificate_isUsed_andWarnedOfWithItsDate() throws Exception {
        Certificate old = Certificate.make(directory, "old", "EC", "-startdate", "-10d", "-validity", "5");

        Certificates certificates = new Certificates(files(old), meters);

        assertThat(certificates.current().get()).isNotNull();
        assertThat(logged())
                .containsExactly(
                        "WARN Certificate wadi.http.tls-certificate=%s: the certificate of CN=old expired on %s; "
                                        .formatted(
                                                directory.resolve("certificate.pem"),
                                                old.certificate().getNotAfter().toInstant())
                                + "using it anyway, clients that verify it will not connect");
    }
}
