import Glibc

/// Where the certificates of a server come from.
public enum IdentitySource: Sendable, Hashable {
    /// The CA in a folder, which is made if it is missing, mints them. It vouches for nothing but the hosts in
    /// `permits`, and for names below them; none: for any.
    case authority(directory: String, permits: [String] = [])
    /// They are given: PEM files with the certificate, followed by those of its chain, and with its
    /// private key.
    case files(certificate: String, key: String)

    /// The CA in the user's state folder: `$XDG_STATE_HOME/faultserve`, else
    /// `~/.local/state/faultserve` (XDG Base Directory Specification).
    public static var localAuthority: IdentitySource {
        .authority(directory: Authority.defaultDirectory)
    }

    /// The pair in a served folder under the names that ESP-IDF's OTA examples use, if both files
    /// are there: `ca_cert.pem` and `ca_key.pem`.
    public static func pair(inRoot root: String) -> IdentitySource? {
        let certificate = "\(root)/\(SelfSignedPair.certificateName)"
        let key = "\(root)/\(SelfSignedPair.keyName)"
        guard access(certificate, F_OK) == 0, access(key, F_OK) == 0 else { return nil }
        return .files(certificate: certificate, key: key)
    }
}
