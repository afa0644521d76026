package io.wadi.extension.connectors.database;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Deque;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of one endpoint to its database, of which there are as many as threads work with it. One that has failed is not
 * used again, so a database that comes back is found by the next try. Thread-safe.
 */
final class Connections implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

    private final Address address;
    private final Deque<Connection> idle = new ConcurrentLinkedDeque<>();

    /**
     * Where a database is.
     *
     * @param url such as {@code jdbc:postgresql://db:5432/shop}; further parameters of the driver may follow
     * @param answerWithin what it has not answered in this time has failed
     */
    record Address(String url, String user, String password, Duration answerWithin) {
        Address {
            if (!url.startsWith("jdbc:postgresql:")) {
                throw new IllegalArgumentException(
                        "the database is \"%s\", allowed is such as jdbc:postgresql://host:5432/name"
                                .formatted(withoutParameters(url)));
            }
        }

        /** For people: without what may be secret. */
        @Override
        public String toString() {
            return withoutParameters(url).replaceFirst("^jdbc:", "");
        }

        private static String withoutParameters(String url) {
            return url.replaceFirst("\\?.*", "").replaceFirst("//[^/]*@", "//");
        }
    }

    /** Work with a connection. */
    interface Work<T> {
        T with(Connection connection) throws SQLException;
    }

    Connections(Address address) {
        this.address = address;
    }

    /**
     * Does something in one transaction, and commits it.
     *
     * @throws SQLException where the database has refused it, or is not there: nothing of it is done, or, where only the answer to
     *     the commit is missing, all of it may be
     */
    <T> T inTransaction(Work<T> work) throws SQLException {
        Connection connection = take();
        boolean isDone = false;
        try {
            T result = work.with(connection);
            connection.commit();
            isDone = true;
            return result;
        } finally {
            if (isDone || hasRolledBack(connection)) {
                idle.push(connection);
            } else {
                discard(connection);
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

    private static void discard(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("A connection was not closed in order", e);
        }
    }

    private Connection take() throws SQLException {
        Connection known = idle.poll();
        return known == null ? open() : known;
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
        // Many rows in one statement.
        properties.setProperty("reWriteBatchedInserts", "true");
        // The database knows best how a text becomes a value of a column, and says what is wrong with it.
        properties.setProperty("stringtype", "unspecified");
        Connection connection = DriverManager.getConnection(address.url(), properties);
        connection.setAutoCommit(false);
        return connection;
    }

    @Override
    public String toString() {
        return address.toString();
    }

    @Override
    public void close() {
        for (Connection each = idle.poll(); each != null; each = idle.poll()) {
            discard(each);
        }
    }
}
