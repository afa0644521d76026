package io.wadi.runtime.security;

import io.netty.util.NetUtil;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * The allowed host names of requests, as a protection against DNS rebinding: an attacker can resolve a name of their
 * site to this machine, so that browsers treat a port as part of that site. IP addresses are always allowed, since they
 * are not resolved. Immutable.
 */
public final class HostNames {
    private final List<String> names;
    private final boolean allowsLocalNames;

    /**
     * Creates an instance.
     *
     * @param names the allowed names, such as {@code wadi.example.com}, {@code *.example.com} for all subdomains, or
     *     {@code *} for any name
     * @param allowsLocalNames whether names without a dot are allowed, such as names of containers; attackers cannot
     *     register them
     */
    public HostNames(Collection<String> names, boolean allowsLocalNames) {
        this.names = names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
        this.allowsLocalNames = allowsLocalNames;
    }

    /** Returns whether a value of the header {@code Host}, with or without a port, is allowed. */
    public boolean allows(String host) {
        String name = name(host);
        return isAddress(name) || (allowsLocalNames && name.matches("[a-z0-9_-]+")) || isListed(name);
    }

    /** Returns the name in lower case, without a port and without the dot at the end of a complete name. */
    private static String name(String host) {
        int end = host.length();
        while (end > 0 && host.charAt(end - 1) >= '0' && host.charAt(end - 1) <= '9') {
            end--;
        }
        end = end > 0 && host.charAt(end - 1) == ':' ? end - 1 : host.length();
        end = end > 0 && host.charAt(end - 1) == '.' ? end - 1 : end;
        return host.substring(0, end).toLowerCase(Locale.ROOT);
    }

    private static boolean isAddress(String name) {
        return (name.startsWith("[") && name.endsWith("]"))
                ? NetUtil.isValidIpV6Address(name.substring(1, name.length() - 1))
                : NetUtil.isValidIpV4Address(name);
    }

    private boolean isListed(String name) {
        for (String allowed : names) {
            if (allowed.startsWith("*") ? name.endsWith(allowed.substring(1)) : allowed.equals(name)) {
                return true;
            }
        }
        return false;
    }
}
