package io.wadi.extension.connectors.database;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Deque;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.regex.Pattern;
import org.apache.camel.util.function.ThrowingFunction;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of one endpoint to its database, at most one per thread that uses it. A failed connection is closed,
 * and the next attempt opens another one. Thread-safe.
 */
final class Connections implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

    private final Address address;
    private final Deque<Connection> idle = new ConcurrentLinkedDeque<>();

    /**
     * The address of a database.
     *
     * @param url such as {@code jdbc:postgresql://db:5432/shop}; further parameters of the driver may follow
     * @param answerWithin timeout of requests
     */
    record Address(String url, String user, String password, Duration answerWithin) {
        private static final String HOST = "(\\[[^]/?@]*]|[^]\\[:,/?@]*)(:\\d{1,9})?";
        private static final String PARAMETER = "\\w*(=[^&]*)?";

        /**
         * URLs of the form in the driver's documentation, for any driver. The driver logs other URLs, or the text in
         * place of the port, and so a password before the host.
         */
        private static final Pattern ACCEPTED = Pattern.compile(
                "jdbc:\\w+:(//%1$s(,%1$s)*/[^/?@]*|(?!/)[^/?@]*)(\\?%2$s(&%2$s)*)?".formatted(HOST, PARAMETER));

        Address {
            if (!url.startsWith("jdbc:postgresql:") || !isAccepted(url)) {
                throw new IllegalArgumentException(
                        "the database is \"%s\", expected a URL such as jdbc:postgresql://host:5432/name"
                                .formatted(withoutCredentials(url)));
            }
        }

        private static boolean isAccepted(String url) {
            try {
                return ACCEPTED.matcher(url).matches() && DriverManager.getDriver(url) != null;
            } catch (SQLException e) {
                return false;
            }
        }

        /** Returns the address without credentials, for messages. */
        @Override
        public String toString() {
            return withoutParameters(url).replaceFirst("^jdbc:", "");
        }

        /** Returns only the beginning of an invalid URL, which may have a password anywhere. */
        private static String withoutCredentials(String url) {
            return ACCEPTED.matcher(url).matches() || url.matches("[\\w./]*")
                    ? withoutParameters(url)
                    : url.replaceFirst("(?s)^(jdbc:\\w+:)?.*", "$1//…");
        }

        private static String withoutParameters(String url) {
            return url.replaceFirst("(?s)\\?.*", "");
        }
    }

    Connections(Address address) {
        this.address = address;
    }

    /**
     * Runs an operation in one transaction and commits it.
     *
     * @throws SQLException if the database rejects the operation or is unavailable. Nothing is committed, except that
     *     all of it may be committed if the response to the commit is missing
     */
    <T> T inTransaction(ThrowingFunction<Connection, T, SQLException> work) throws SQLException {
        Connection known = idle.poll();
        Connection connection = known == null ? open() : known;
        boolean isDone = false;
        try {
            T result = work.apply(connection);
            connection.commit();
            isDone = true;
            return result;
        } finally {
            if (isDone || hasRolledBack(connection)) {
                idle.push(connection);
            } else {
                Utils.closeQuietly(connection, address.toString());
            }
        }
    }

    private static boolean hasRolledBack(Connection connection) {
        try {
            connection.rollback();
            return connection.isValid(1);
        } catch (SQLException e) {
            LOG.debug("A connection has failed", e);
            return false;
        }
    }

    private Connection open() throws SQLException {
        String seconds = Long.toString(Math.max(1, address.answerWithin().toSeconds()));
        Properties properties = new Properties();
        properties.setProperty("user", address.user());
        properties.setProperty("password", address.password());
        properties.setProperty("ApplicationName", "wadi");
        properties.setProperty("connectTimeout", seconds);
        properties.setProperty("loginTimeout", seconds);
        properties.setProperty("socketTimeout", seconds);
        properties.setProperty("tcpKeepAlive", "true");
        // The driver sends many rows in one statement.
        properties.setProperty("reWriteBatchedInserts", "true");
        // The database converts strings to the types of its columns, and reports invalid ones.
        properties.setProperty("stringtype", "unspecified");
        Connection connection = DriverManager.getConnection(address.url(), properties);
        try (Statement statement = connection.createStatement()) {
            // The driver sets the time zone of the JVM, which may differ between instances.
            statement.execute("SET TIME ZONE 'UTC'");
            requirePrimary(statement);
            connection.setAutoCommit(false);
            return connection;
        } catch (SQLException | DatabaseException e) {
            Utils.closeQuietly(connection, address.toString());
            throw e;
        }
    }

    /**
     * Rejects a standby: it is read-only, and it does not show the locks of the transactions that write to its primary.
     */
    private void requirePrimary(Statement statement) throws SQLException {
        try (ResultSet found = statement.executeQuery("SELECT pg_is_in_recovery()")) {
            found.next();
            if (found.getBoolean(1)) {
                throw new DatabaseException(
                        address
                                + " is a standby: it is read-only, and a source would skip rows that the primary commits"
                                + " late; expected the primary, such as by the parameter targetServerType=primary",
                        null);
            }
        }
    }

    @Override
    public String toString() {
        return address.toString();
    }

    @Override
    public void close() {
        for (Connection each = idle.poll(); each != null; each = idle.poll()) {
            Utils.closeQuietly(each, address.toString());
        }
    }
}
