export default {
  fetch(): Response {
    return new Response('DuckDB is not served yet.\n', { status: 503 });
  },
};
