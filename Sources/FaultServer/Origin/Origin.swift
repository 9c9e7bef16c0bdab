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

    /// What a request is about.
    enum Found {
        /// Content, which image faults may edit before length, entity tag and ranges are worked out.
        case content(Representation)
        /// Something that is said whole: a listing, the methods.
        case said(Response)
        case refused(Refusal)
    }

    /// Opens what a request asks for.
    func find(_ request: Request, at now: AnswerDate) -> Found {
        do {
            return try self.found(request, now: now.seconds)
        } catch {
            return .refused(error)
        }
    }

    /// The answer. It has no `Connection` field, and the answer to HEAD has the body of GET's: both are
    /// the connection's matter.
    func answer(_ request: Request, with found: Found, at now: AnswerDate) -> Response {
        var response: Response
        do throws(Refusal) {
            switch found {
            case .content(let representation):
                response = try representation.response(to: request, now: now.seconds)
            case .said(let said): response = said
            case .refused(let refusal): throw refusal
            }
        } catch {
            response = error.response
        }
        response.fields.list.insert(Field("Date", now.text), at: 0)
        response.fields.list.insert(Field("Server", "faultserve"), at: 0)
        return response
    }

    private func found(_ request: Request, now: Int) throws(Refusal) -> Found {
        try Self.checkMethod(of: request)
        try Self.checkHost(of: request)
        if request.method == "OPTIONS" {
            if request.target != "*" { _ = try Target(request.target) }
            return .said(
                Response(status: 204, reason: "No Content", fields: ["Allow": Self.allowed]))
        }
        let target = try Target(request.target)
        if !target.isFolder, target.segments.count == 1,
            let offered = self.images[target.segments[0]]
        {
            return .content(try offered.representation())
        }
        guard let root = self.root else {
            guard target.segments.isEmpty else { throw .nothing(at: target) }
            return .said(try self.list(target, [], isComplete: true, to: request, now: now))
        }
        switch try root.open(target.segments, name: target.path) {
        case .file(let file):
            guard !target.isFolder else { throw .nothing(at: target) }
            return .content(file)
        case .folder(let folder):
            guard target.isFolder else { throw .moved(to: target) }
            let (entries, isComplete) = try root.entries(
                of: folder, at: target.segments, name: target.path)
            return .said(
                try self.list(target, entries, isComplete: isComplete, to: request, now: now))
        }
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
        guard var host = hosts.first else {
            guard request.version < .http1_1 || request.version.major > 1 else {
                throw .badRequest("The request has no Host field; send one, as HTTP/1.1 wants.")
            }
            return
        }
        guard host.withUTF8(Target.isAuthority) else {
            throw .badRequest("The Host field is no host; write it as host or host:port.")
        }
    }
}
