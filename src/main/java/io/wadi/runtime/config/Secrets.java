package io.wadi.runtime.config;

import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Hides the values of settings with names that denote a secret, such as a password or a token. */
public final class Secrets {
    /** The replacement for a secret, the same as in Kafka Connect. */
    public static final String HIDDEN = "[hidden]";

    private static final Pattern SECRET = Pattern.compile(".*(password|passwd|pwd|passphrase|secret|token|credential"
            + "|authorization|cookie|jaas|apikey|privatekey|accesskey|keystorekey).*");
    /**
     * A parameter {@code name=value} of a URI, unless the value is a placeholder. In a raw value, {@code &} does not
     * separate parameters.
     */
    private static final Pattern PARAMETER =
            Pattern.compile("(?m)([\\w.-]+)=(?![\"']?\\{\\{)(RAW\\(.*?\\)(?=[&\\s\"']|$)|RAW\\{.*?}(?=[&\\s\"']|$)"
                    + "|\"[^\"]*\"|'[^']*'|[^&\\s\"']+)");

    /** A raw or quoted value: opening delimiter, content, closing delimiter. */
    private static final Pattern DELIMITED = Pattern.compile("(?s)(RAW[({]|[\"'])(.*)([)}\"'])");
    /** A user and a password before the host of a URI, up to the last {@code @}; not a host with a port and a path. */
    private static final Pattern USER = Pattern.compile(
            "(?<=\\b[a-zA-Z][a-zA-Z0-9+.-]{1,30}:(?://)?)(?!//)[^/:@?\\s\"']*:(?!//|\\d+/)[^?\\s\"']*(?=@)");

    /** Greedy, since a password may contain any character. */
    private static final Pattern USER_INFO = Pattern.compile("(?s)(?<=://).*@");

    /** The query of an address, which may contain a token. */
    private static final Pattern QUERY = Pattern.compile("(?<=://[^\\s,?]{1,1000}\\?)[^\\s,]+");

    private Secrets() {}

    /** Returns whether a name denotes a secret; case, dots, dashes and underscores are ignored. */
    public static boolean isSecret(String name) {
        return SECRET.matcher(name.toLowerCase(Locale.ROOT).replaceAll("[._-]", ""))
                .matches();
    }

    /**
     * Hides user, password and query of addresses; in a list of addresses, everything from the first to the last user.
     */
    static String hideInAddresses(String addresses) {
        return QUERY.matcher(USER_INFO.matcher(addresses).replaceAll(HIDDEN + "@"))
                .replaceAll(Matcher.quoteReplacement(HIDDEN));
    }

    /** Hides the secrets in a YAML text. Placeholders are kept. */
    public static String hideIn(String yaml) {
        return hideIn(yaml, name -> false);
    }

    /** Hides the secrets in a YAML text, and the values of further names. Placeholders are kept. */
    public static String hideIn(String yaml, Predicate<String> isSecretToo) {
        Predicate<String> isSecret = name -> isSecret(name) || isSecretToo.test(name);
        String lines = new SecretLines(yaml, isSecret).hidden();
        return USER.matcher(parameters(lines, isSecret)).replaceAll(HIDDEN);
    }

    private static String parameters(String text, Predicate<String> isSecret) {
        return PARAMETER
                .matcher(text)
                .replaceAll(each ->
                        Matcher.quoteReplacement(each.group(1) + "=" + value(each.group(1), each.group(2), isSecret)));
    }

    /** Returns a parameter's value without secrets. A raw or quoted value may be a URI with parameters of its own. */
    private static String value(String name, String value, Predicate<String> isSecret) {
        if (isSecret.test(name)) {
            return HIDDEN;
        }
        Matcher delimited = DELIMITED.matcher(value);
        return delimited.matches()
                ? delimited.group(1) + parameters(delimited.group(2), isSecret) + delimited.group(3)
                : value;
    }
}
