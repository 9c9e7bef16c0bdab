import FaultKit

/// The honest server: what is said to a request when no rule strikes (RFC 9110 and 9112).
///
/// It opens files and may read a little of them, so it may wait for a disk.
struct Origin: Sendable {
    static let allowed = "GET, HEAD, OPTIONS"

    private let images: [[UInt8]: Offered]
    private let root: Root?

    init(_ content: Content) {
        self.images = Dictionary(
            uniqueKeysWithValues: content.images.map { (Array($0.utf8), $1) })
        self.root = content.root
    }

    /// The honest answer. It has no `Connection` field, and the answer to HEAD has the body of GET's:
    /// both are the connection's matter.
    /// - Parameters:
    ///   - date: the time of the answer as an IMF-fixdate.
    ///   - edit: the image faults that strike this request, applied before length, entity tag and
    ///     ranges are worked out. An error of theirs is answered with 500.
    func answer(
        _ request: Request, date: String, edit: (inout Image) throws -> Void
    ) -> Response {
        var response: Response
        do {
            let now = HTTPDate.seconds(date, now: 0) ?? .max
            response = try self.response(to: request, now: now, edit: edit)
        } catch {
            response = error.response
        }
        let first = [Field("Server", "faultserve"), Field("Date", date)]
        response.fields.list.insert(contentsOf: first, at: 0)
        return response
    }

    private func response(
        to request: Request, now: Int, edit: (inout Image) throws -> Void
    ) throws(Refusal) -> Response {
        try Self.checkMethod(of: request)
        try Self.checkHost(of: request)
        if request.method == "OPTIONS" {
            if request.target != "*" { _ = try Target(request.target) }
            return Response(status: 204, reason: "No Content", fields: ["Allow": Self.allowed])
        }
        let target = try Target(request.target)
        if !target.isFolder, target.segments.count == 1,
            let offered = self.images[target.segments[0]]
        {
            return try self.send(offered.representation(), to: request, now: now, edit: edit)
        }
        guard let root = self.root else {
            guard target.segments.isEmpty else { throw .nothing(at: target) }
            return try self.list(target, [], isComplete: true, to: request, now: now)
        }
        switch try root.open(target.segments, name: target.path) {
        case .file(let file):
            guard !target.isFolder else { throw .nothing(at: target) }
            return try self.send(file, to: request, now: now, edit: edit)
        case .folder(let folder):
            guard target.isFolder else { throw .moved(to: target) }
            let (entries, isComplete) = try root.entries(
                of: folder, at: target.segments, name: target.path)
            return try self.list(
                target, entries, isComplete: isComplete, to: request, now: now)
        }
    }

    private func send(
        _ representation: Representation, to request: Request, now: Int,
        edit: (inout Image) throws -> Void
    ) throws(Refusal) -> Response {
        var representation = representation
        do {
            try edit(&representation.image)
        } catch {
            throw .failed(String(describing: error))
        }
        return try representation.response(to: request, now: now)
    }

    private func list(
        _ target: Target, _ entries: [Listing.Entry], isComplete: Bool, to request: Request,
        now: Int
    ) throws(Refusal) -> Response {
        switch Validators().verdict(on: request, now: now) {
        case .failed: throw .conditionFailed
        case .notModified: return Response(status: 304, reason: "Not Modified")
        case .proceed: break
        }
        let files = entries.filter { !target.segments.isEmpty || self.images[$0.name] == nil }
        let images = target.segments.isEmpty ? self.imageEntries() : []
        let listing = Listing(of: target.segments, images + files, isComplete: isComplete)
        let format = target.parameter("format")
        let prefersJSON = Preference(request.fields.all("Accept")).isJSON
        return listing.response(asJSON: format.map { $0 == "json" } ?? prefersJSON)
    }

    /// What listings say of the images that can be served now.
    private func imageEntries() -> [Listing.Entry] {
        self.images.compactMap { name, offered in
            guard let image = try? offered.representation() else { return nil }
            return Listing.Entry(name: name, size: image.image.count, modified: image.modified)
        }
    }

    private static func checkMethod(of request: Request) throws(Refusal) {
        switch request.method {
        case "GET", "HEAD", "OPTIONS": break
        case "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT":
            throw .methodNotAllowed(request.method)
        default: throw .notImplemented
        }
    }

    /// One host must be named, from HTTP/1.1 on (RFC 9112 §3.2).
    private static func checkHost(of request: Request) throws(Refusal) {
        let hosts = request.fields.all("Host")
        guard hosts.count <= 1 else {
            throw .badRequest("The request has several Host fields; send one.")
        }
        guard let host = hosts.first else {
            guard request.version < .http1_1 || request.version.major > 1 else {
                throw .badRequest("The request has no Host field; send one, as HTTP/1.1 wants.")
            }
            return
        }
        guard Target.isAuthority(host) else {
            throw .badRequest("The Host field is no host; write it as host or host:port.")
        }
    }
}
