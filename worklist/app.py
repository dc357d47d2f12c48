"""The page: today's list for the people who lead case management."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException

from data_contracts.errors import HomewardError
from data_contracts.published import NothingPublishedError
from data_contracts.worklist_text import render_worklist_csv
from worklist import words
from worklist.security import SecurityMiddleware
from worklist.selection import PAGE_SIZES, UNASSIGNED, cut_page, read_selection, select_rows
from worklist.store import CurrentList, ListStore
from worklist.views import describe_filters, describe_head, describe_staff

_HERE = Path(__file__).parent
_NOT_FOUND, _UNAVAILABLE, _FAILED = 404, 503, 500


def create_app(home: Path) -> FastAPI:
    """Make the web application.

    Parameters
    ----------
    home : Path
        HOMEWARD_HOME; ``published/current`` is followed on every request, so a new list shows without a restart.

    Returns
    -------
    FastAPI
        Reads only. Pages ``/``, ``/staff``, ``/about``; ``/worklist.csv``; ``/health``.
    """
    app = FastAPI(title="Homeward", openapi_url=None, docs_url=None, redoc_url=None)
    store, render = ListStore(home), _make_renderer()
    app.mount("/static", StaticFiles(directory=_HERE / "static"), name="static")
    app.add_middleware(SecurityMiddleware)
    _add_pages(app, store, render)
    _add_data(app, store)
    _add_error_pages(app, render)
    return app


def _make_renderer() -> Callable[..., HTMLResponse]:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["date"] = words.format_date
    environment.filters["share"] = words.format_share
    environment.filters["number"] = words.format_number
    environment.filters["days"] = words.format_days
    environment.globals.update(describe_due=words.describe_due, next_due=words.next_due, unassigned=UNASSIGNED)

    def render(template: str, status_code: int = 200, **values: Any) -> HTMLResponse:  # noqa: ANN401 template values
        return HTMLResponse(environment.get_template(template).render(**values), status_code)

    return render


def _add_pages(app: FastAPI, store: ListStore, render: Callable[..., HTMLResponse]) -> None:
    @app.get("/")
    def show_list(request: Request) -> HTMLResponse:
        current = store.read()
        wanted = read_selection(request.query_params)
        page = cut_page(select_rows(current.rows, wanted), wanted)
        filters = describe_filters(current)
        labels = _domain_labels(current)
        return render(
            "list.html",
            head=describe_head(current),
            wanted=wanted,
            page=page,
            filters=filters,
            labels=labels,
            sizes=PAGE_SIZES,
        )

    @app.get("/staff")
    def show_staff() -> HTMLResponse:
        current = store.read()
        return render("staff.html", head=describe_head(current), staff=describe_staff(current))

    @app.get("/about")
    def show_about() -> HTMLResponse:
        current = store.read()
        return render("about.html", head=describe_head(current), manifest=current.manifest)


def _add_data(app: FastAPI, store: ListStore) -> None:
    @app.get("/worklist.csv")
    def export(request: Request) -> Response:
        current = store.read()
        rows = select_rows(current.rows, read_selection(request.query_params))
        name = f"homeward-{current.published.as_of.isoformat()}.csv"
        text = render_worklist_csv(current.columns, rows)
        return Response(text, media_type="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'})

    @app.get("/health")
    def health() -> JSONResponse:
        try:
            current = store.read()
        except NothingPublishedError:
            return JSONResponse({"status": "no_list"}, _UNAVAILABLE)
        except HomewardError:
            return JSONResponse({"status": "broken"}, _UNAVAILABLE)
        known: dict[str, Any] = {
            "status": "ok",
            "as_of": current.manifest["as_of"],
            "run_id": current.manifest["run_id"],
        }
        if current.stale:
            known |= {"status": "stale", "reason_code": current.stale.reason_code}
        return JSONResponse(known)


def _add_error_pages(app: FastAPI, render: Callable[..., HTMLResponse]) -> None:
    @app.exception_handler(HomewardError)
    def explain(_request: Request, error: HomewardError) -> HTMLResponse:
        is_new = isinstance(error, NothingPublishedError)
        title = "No list yet" if is_new else "The list cannot be shown"
        return render(
            "message.html", _UNAVAILABLE, title=title, what=error.what, where=error.where, next_step=error.next_step
        )

    @app.exception_handler(HTTPException)
    def refuse(_request: Request, error: HTTPException) -> HTMLResponse:
        title = "There is no such page" if error.status_code == _NOT_FOUND else "This cannot be answered"
        return render("message.html", error.status_code, title=title, what="", where="", next_step="")

    @app.exception_handler(Exception)
    def apologise(_request: Request, _error: Exception) -> HTMLResponse:
        # Nothing of the error is shown: its text may carry a value of the list.
        return render("message.html", _FAILED, title="Something went wrong here", what="", where="", next_step="")


def _domain_labels(current: CurrentList) -> dict[str, str]:
    known: dict[str, str] = current.manifest.get("domains") or {}
    found = {need["domain"] for row in current.rows for need in row["needs"] or []}
    found |= {gap["domain"] for row in current.rows for gap in row["screening_gaps"] or []}
    return {domain: words.label_domain(domain, known) for domain in sorted({*known, *found})}


def serve(home: Path, port: int) -> None:
    """Serve the page on this machine only (127.0.0.1), without an access log: addresses may carry patient ids.

    Parameters
    ----------
    home : Path
        HOMEWARD_HOME.
    port : int
        TCP port; 0 lets the system choose.
    """
    import uvicorn

    uvicorn.run(
        create_app(home), host="127.0.0.1", port=port, access_log=False, server_header=False, log_level="warning"
    )
