import Glibc

/// How many files and sockets the process may hold open (setrlimit(2), RLIMIT_NOFILE).
enum DescriptorLimit {
    /// Descriptors that are not for connections: the journal, epoll, threads, the files of editions.
    private static let reserve = 64 + Editions.limit

    /// Raises the soft limit to the hard one.
    /// - Returns: how many connections fit. Most devices of a lab fetch the same few files, which connections share;
    ///   where each fetches a file of its own, some are told that the server can open no more.
    static func raise() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return 1_024
        }
        var raised = limit
        raised.rlim_cur = limit.rlim_max
        if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        let room = Int(clamping: limit.rlim_cur) - Self.reserve
        return max(16, room / 8 * 7)
    }
}
