export default {
  fetch(): Response {
    return new Response('TAP is not served yet.\n', { status: 503 });
  },
};
